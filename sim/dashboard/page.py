"""The page: a scenario, its levers, Mesa's controls, and what happens beside the baseline under the same chance.

Solara escapes every text that is put into a widget; the one piece of HTML, the table of numbers, is escaped here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import solara
import solara.lab
from mesa.visualization.solara_viz import ModelController
from mesa.visualization.utils import force_update, update_counter

from sim.dashboard.charts import ARRIVALS, PEOPLE, QUEUE, aspect, curves, home_map, host_map, local_time
from sim.dashboard.choice import Choice, baseline, explored, horizons, library, save_choice
from sim.dashboard.exploration import Exploration, Moment, whole_trace
from sim.dashboard.levers import LEVERS, Lever, ceasefire_start, in_words, settings_of
from sim.dashboard.pace import Pace
from sim.errors import InputError
from sim.figures.style import CAUTION
from sim.place.atlas import NOTE
from sim.scenario.schema import Scenario

SCENARIOS: dict[str, Scenario] = {}
"""Name → scenario of all that can be chosen; filled once, before the page is served."""

ACCENT = "#084594"
FRAME = "12 hours"
SPEEDS = {"3 hours": 3, "6 hours": 6, FRAME: 12, "1 day": 24, "3 days": 72}
"""What one frame of play, or one step, covers → hours."""

STYLE = """
.v-application .v-container { max-width: 1500px; padding: 0; }
.corridor { padding: 8px 20px 24px; font-variant-numeric: tabular-nums; }
.corridor h1 { font-size: 1.45rem; margin: 8px 0 2px; } .corridor h2 { font-size: 1.05rem; margin: 0 0 4px; }
.corridor h3 { font-size: .95rem; margin: 14px 0 0; padding-top: 10px; border-top: 1px solid #e6e6e6; }
.corridor .caution { font-weight: 600; margin-bottom: 10px; }
.corridor .quiet { color: #555; font-size: .85rem; line-height: 1.3; }
.corridor .layout { display: grid; grid-template-columns: 320px minmax(0, 1fr); gap: 14px; align-items: start; }
.corridor .charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 14px; }
.corridor .panel { border: 1px solid #dcdcdc; border-radius: 8px; padding: 12px 14px; background: #fff; min-width: 0; }
.corridor .stack { display: flex; flex-direction: column; gap: 14px; min-width: 0; }
.corridor .waiting { opacity: .6; pointer-events: none; } .corridor .whole { grid-column: 1 / -1; }
.corridor .lever { display: flex; justify-content: space-between; gap: 8px; font-size: .9rem; margin-top: 8px; }
.corridor .lever b { white-space: nowrap; } .corridor .off { opacity: .5; }
.corridor .v-slider { margin: 0; min-height: 30px; } .corridor .v-slider .v-input__control { min-height: 30px; }
.corridor .v-text-field { margin-top: 0; padding-top: 16px; } .corridor .play .v-text-field { padding-top: 24px; }
.corridor .v-btn--block, .corridor .v-alert { margin-top: 12px; }
.corridor table { border-collapse: collapse; width: 100%; font-size: .92rem; }
.corridor td, .corridor th { padding: 3px 6px; text-align: right; }
.corridor th { font-weight: 600; } .corridor td { border-top: 1px solid #e6e6e6; }
.corridor td:first-child, .corridor th:first-child { text-align: left; padding-left: 0; }
.corridor details { overflow-x: auto; } .corridor summary { cursor: pointer; }
@media (max-width: 1000px) { .corridor .charts { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 760px) {
  .corridor { padding: 4px 10px 16px; } .corridor .layout { display: flex; flex-direction: column; }
  .corridor .layout > .stack { display: contents; } .corridor .layout .panel, .corridor .charts { width: 100%; }
  .corridor .play { order: 1; } .corridor .results { order: 2; width: 100%; } .corridor .save { order: 3; }
  .corridor td, .corridor th { padding: 3px; font-size: .85rem; }
}
"""


def open_library(files: list[Scenario]) -> None:
    """Fill :data:`SCENARIOS` with what ships and with ``files``."""
    SCENARIOS.update(library(files))


@dataclass(frozen=True, eq=False)
class Stage:
    """A model to be stepped, in a reactive of its own: an old controller can never step a newer model."""

    choice: Choice
    definition: Scenario
    model: solara.Reactive[Exploration]
    pace: Pace


def set_stage(choice: Choice) -> Stage:
    """Build the model of ``choice``; whichever model it is replaced by, the older one retires."""
    definition = explored(choice, SCENARIOS)
    model = solara.reactive(Exploration(definition, choice.seed))
    model.subscribe_change(lambda new, old: old.retire() if old is not new else None)
    return Stage(choice, definition, model, Pace())


@solara.component
def Page() -> None:
    """Show everything."""
    choice = solara.use_reactive(Choice())
    scenario = SCENARIOS[choice.value.scenario]
    staged = solara.lab.use_task(lambda: set_stage(choice.value), dependencies=[choice.value], raise_error=False)
    base = solara.lab.use_task(
        lambda: whole_trace(baseline(choice.value, SCENARIOS), choice.value.seed),
        dependencies=[choice.value.scenario, choice.value.days, choice.value.seed],
    )
    stage = staged.latest
    solara.use_effect(lambda: (lambda: stage.model.value.retire()) if stage else None, [stage])
    solara.lab.theme.themes.light.primary = ACCENT
    solara.Title("Corridor")
    solara.Style(STYLE)
    with solara.Div(classes=["corridor"]):
        Heading(scenario)
        with solara.Div(classes=["layout"]):
            with solara.Div(classes=["stack"]):
                Chooser(choice)
                if staged.error:
                    solara.Error(_complaint(staged.exception))
                if stage is not None:
                    with solara.Div(classes=["panel", "play", *(["waiting"] if stage.choice != choice.value else [])]):
                        Controls(stage).key(f"controls {id(stage)}")
                Levers(scenario, choice)
                Saver(choice)
            with solara.Div(classes=["stack"]):
                if stage is None or base.latest is None:
                    solara.Text("Getting ready…")
                    solara.ProgressLinear(True)
                else:
                    with solara.Div(classes=["stack", "results"]):
                        Results(stage, base.latest)


@solara.component_vue("drawn.vue")
def Drawn(frame: int, event_drawn: Callable[[int], None]) -> None:
    """Say when the browser has drawn a frame."""


@solara.component
def Heading(scenario: Scenario) -> None:
    """Say what is shown and how it is meant."""
    _text("h1", f"What if? {scenario.title}")
    _text("div", scenario.summary)
    _text("div", f"{CAUTION[0].upper()}{CAUTION[1:]}. Households are synthetic.", "quiet caution")


@solara.component
def Chooser(choice: solara.Reactive[Choice]) -> None:
    """Choose the scenario, the days to look at and the seed."""
    titles = Counter(scenario.title for scenario in SCENARIOS.values())
    names = {
        item.title if titles[item.title] == 1 else f"{item.title} ({name})": name for name, item in SCENARIOS.items()
    }
    title = next(title for title, name in names.items() if name == choice.value.scenario)
    spans = {f"{days:g} days": days for days in horizons(SCENARIOS[choice.value.scenario])}
    nearest = min(spans.values(), key=lambda days: abs(days - choice.value.days))

    def choose(chosen: str) -> None:
        choice.set(Choice(names[chosen], choice.value.days, choice.value.seed))

    with solara.Div(classes=["panel"]):
        solara.Select("Scenario", value=title, values=list(names), on_value=choose, dense=True)
        solara.Select(
            "Days to look at", value=f"{nearest:g} days", values=list(spans), dense=True,
            on_value=lambda span: choice.set(replace(choice.value, days=spans[span])),
        )  # fmt: skip
        solara.InputInt(
            "Seed: the same seed, the same chance", value=choice.value.seed,
            on_value=lambda seed: choice.set(replace(choice.value, seed=abs(seed or 0))),
        )  # fmt: skip


@solara.component
def Controls(stage: Stage) -> None:
    """Play, pause, step and reset by Mesa's own controller; and run to the end at once."""
    speed = solara.use_reactive(FRAME)
    playing_to_end = solara.use_reactive(False)
    step_hours = stage.model.value.step_hours
    frame, threads = solara.use_reactive(_steps(SPEEDS[FRAME], step_hours)), solara.use_reactive(False)
    parameters = {"definition": stage.definition, "seed": stage.choice.seed}

    def choose(chosen: str) -> None:
        speed.set(chosen)
        frame.set(_steps(SPEEDS[chosen], step_hours))

    def to_the_end() -> None:
        model = stage.model.value
        while model.running:
            model.step()
        playing_to_end.set(False)
        force_update()

    solara.use_thread(lambda: to_the_end() if playing_to_end.value else None, dependencies=[playing_to_end.value])
    _text("h2", "Play")
    ModelController(
        stage.model,
        model_parameters=parameters,
        play_interval=stage.pace,
        render_interval=frame,
        use_threads=threads,
    )
    solara.Select("Each step and each frame of play", value=speed.value, values=list(SPEEDS), on_value=choose,
                  dense=True)  # fmt: skip
    solara.Button(
        "Run to the end", on_click=lambda: playing_to_end.set(True), disabled=playing_to_end.value, block=True,
        outlined=True,
    )  # fmt: skip


@solara.component
def Levers(scenario: Scenario, choice: solara.Reactive[Choice]) -> None:
    """Show every lever, by what it is part of; moving one starts the run anew."""
    own = settings_of(scenario)
    settings = own | dict(choice.value.settings)
    with solara.Div(classes=["panel"]):
        _text("h2", "Levers")
        _text("div", "Moving a lever starts the run anew, under the same chance as the baseline.", "quiet")
        for group, levers in groupby(LEVERS, key=lambda lever: lever.group):
            _text("h3", group)
            for lever in levers:
                needed = not lever.needs or settings[lever.needs] > 0.0
                Moved(lever, settings[lever.key], own[lever.key], needed, choice, _date(lever, scenario, settings))
        solara.Button(
            "Levers back", outlined=True, block=True, disabled=not choice.value.settings,
            on_click=lambda: choice.set(replace(choice.value, settings={})),
        )  # fmt: skip


@solara.component
def Moved(lever: Lever, value: float, own: float, needed: bool, choice: solara.Reactive[Choice], remark: str) -> None:
    """Show one lever with its value, its unit and what it was."""
    off = "" if needed else " off"
    low, high = min(lever.low, own), max(lever.high, own)
    with solara.Div(classes=[f"lever{off}"]):
        _text("span", lever.label)
        _text("b", lever.shown(value))
    solara.v.Slider(
        v_model=value, min=low, max=high, step=lever.step, disabled=not needed, hide_details=True, dense=True,
        attributes={"aria-label": f"{lever.group}: {lever.label} [{lever.unit}]", "data-lever": lever.key},
        on_v_model=lambda moved: choice.set(choice.value.moving(lever.key, _snapped(moved, own, lever))),
    )  # fmt: skip
    words = [f"Scenario: {lever.shown(own)}." if value != own else "", remark, lever.hint]
    if any(words):
        _text("div", " ".join(word for word in words if word), f"quiet{off}")


@solara.component
def Saver(choice: solara.Reactive[Choice]) -> None:
    """Save what is explored as a scenario file in the folder where the dashboard was started."""
    name = solara.use_reactive(f"my_{choice.value.scenario}")
    outcome = solara.use_reactive(("", False))

    def save() -> None:
        try:
            path = save_choice(choice.value, SCENARIOS, name.value.strip(), Path())
        except InputError as error:
            outcome.set((str(error), False))
        else:
            outcome.set((f"Saved. Run it with: corridor run {path.name} --seed {choice.value.seed}", True))

    with solara.Div(classes=["panel", "save"]):
        _text("h2", "Save as a scenario file")
        solara.InputText("Name: small letters, digits and _", value=name)
        solara.Button("Save", on_click=save, color="primary", block=True)
        text, good = outcome.value
        if text:
            (solara.Success if good else solara.Error)(text)


@solara.component
def Results(stage: Stage, base: tuple[Moment, ...]) -> None:
    """Show where things stand, the maps and the curves."""
    update_counter.get()
    model = stage.model.value
    Drawn(frame=stage.pace.next_frame(), event_drawn=stage.pace.drawn)
    trace, days = list(model.trace), model.definition.time.days
    with solara.Div(classes=["panel"]):
        _text("h2", f"{_when(model, trace[-1].hours)}, day {trace[-1].hours / 24:.1f} of {days:g}")
        moved = in_words(SCENARIOS[stage.choice.scenario], stage.choice.settings)
        _text("div", f"Moved: {moved}." if moved else "No lever is moved: this run is the baseline.", "quiet")
        solara.HTML(tag="div", unsafe_innerHTML=_numbers(trace[-1], base))
    country = model.place.host_country
    with solara.Div(classes=["charts"]):
        for title, kinds, unit, classes in (
            (f"Arrived in {country}", ARRIVALS, "persons", ""),
            ("Queue at the crossing", QUEUE, "vehicles", ""),
            ("Remaining, left and returned", PEOPLE, "persons", " whole"),
        ):
            _chart(title, curves(kinds, unit, model.start, days, trace, base), "", classes)
        _chart("Homes and the crossing", home_map(model), HOMES)
        _chart(f"Displaced persons in {country}", host_map(model), "Area: displaced persons in the province.")
        _text("div", NOTE, "quiet whole")
    with solara.Div(classes=["panel"]):
        solara.HTML(tag="div", unsafe_innerHTML=_daily(trace, base, lambda hours: _when(model, hours)))


def _chart(title: str, option: dict[str, Any], caption: str, classes: str = "") -> None:
    is_map = "legend" not in option
    size = f"width: 100%; aspect-ratio: {aspect(option):.3f};" if is_map else "width: 100%; height: 270px;"
    with solara.Div(classes=[f"panel{classes}"]):
        _text("h2", title)
        solara.FigureEcharts(
            option, responsive=True, attributes={"style": size, "role": "img", "aria-label": f"{title}. {caption}"}
        )
        if caption:
            _text("div", caption, "quiet")


HOMES = "Area: residents at first, dark where they are present, pale where they have gone. Diamond: vehicles waiting."
ROWS = {
    "left": "have left their homes [persons]",
    "arrived": "have arrived [persons]",
    "queue": "wait at the crossing [vehicles]",
    "remaining": "remain at home [persons]",
    "returned": "have returned [persons]",
    "deaths": "have died [persons]",
}
"""Field of a moment → what the table calls it."""


def _numbers(now: Moment, base: tuple[Moment, ...]) -> str:
    """Return the table of where things stand beside the baseline at the same hour, as escaped HTML."""
    then = base[min(len(base) - 1, round(now.hours / max(1e-9, base[1].hours - base[0].hours)))]
    heads = ("", "this run", "baseline", "difference")
    rows = [
        (label, _count(here), _count(there), _difference(round(here) - round(there)))
        for field, label in ROWS.items()
        for here, there in [(getattr(now, field), getattr(then, field))]
    ]
    return _table(heads, rows, "now")


def _daily(trace: list[Moment], base: tuple[Moment, ...], when: Callable[[float], str]) -> str:
    """Return the numbers behind the curves, a row for each day, as escaped HTML that opens on demand."""
    heads = ("", "arrived", "baseline", "queue", "baseline", "remaining", "baseline")
    rows = []
    for moment, other in zip(trace, base, strict=False):
        if moment.hours % 24 == 0 or moment is trace[-1]:
            pairs = ((getattr(moment, field), getattr(other, field)) for field in ("arrived", "queue", "remaining"))
            rows.append((when(moment.hours), *(_count(number) for pair in pairs for number in pair)))
    return f"<details><summary>The numbers behind the curves</summary>{_table(heads, rows, 'daily')}</details>"


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], name: str) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    return f'<table data-table="{escape(name)}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _count(number: float) -> str:
    return f"{round(number):,}"


def _difference(number: int) -> str:
    return f"{number:+,}".replace("-", "−") if number else "0"


def _text(tag: str, text: str, classes: str = "") -> None:
    solara.v.Html(tag=tag, children=[text], class_=classes)


def _when(model: Exploration, hours: float) -> str:
    time = local_time(model.start, hours)
    return f"{time.day} {time:%b %Y %H:%M}"


def _date(lever: Lever, scenario: Scenario, settings: dict[str, float]) -> str:
    """Say the date that a lever of days leads to."""
    start = ceasefire_start(scenario)
    if lever.key != "ceasefire_days" or start is None:
        return ""
    time = start + timedelta(days=settings[lever.key])
    return f"Ceasefire on {time.day} {time:%b %Y, %H:%M}."


def _steps(hours: float, step_hours: float) -> int:
    return max(1, round(hours / step_hours))


def _snapped(value: float, own: float, lever: Lever) -> float:
    """Return a slider's value without noise; within half a step of the scenario's own value, that value."""
    return own if abs(value - own) < lever.step / 2 else round(float(value), 6)


def _complaint(error: BaseException | None) -> str:
    return str(error) if isinstance(error, InputError) else "This can't be played; move a lever back."
