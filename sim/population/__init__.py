"""Households as columns, and the event-driven kernel that moves them between states."""
