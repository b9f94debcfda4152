"""Where people live and the roads between: sourced tables of a dataset in ``seeds/`` become a frozen `Place`."""
