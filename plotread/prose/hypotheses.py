"""Causes, each tied to a finding and followed by the cheapest check that could refute it.

A remedy stands here only as what to do once the check has confirmed the cause; without a finding
there is no cause, and without a check there is no remedy.
"""

from __future__ import annotations

from dataclasses import dataclass

from plotread.model import Finding
from plotread.prose.facts import Facts, fill
from plotread.prose.phrases import links
from plotread.prose.plan import is_turn

MIN_GRADE = ("observed", "likely")  # a mere hint needs no explanation yet, save for the kinds below
HINTS_TOO = ("overfitting", "divergence")
GRADES = ("observed", "likely", "possible")


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause as templates; with a slot unknown it is left out.

    Attributes
    ----------
    cause, check, action : str
        `action` starts with a verb and follows "if so,".
    """

    cause: str
    check: str
    action: str


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A cause with its evidence, ready to be written."""

    finding: Finding
    cause: str
    check: str
    action: str


CAUSES: dict[str, tuple[Cause, ...]] = {
    "constant_ratio_spikes": (
        Cause(
            "the loss of an incomplete gradient-accumulation window is scaled wrongly at an epoch boundary",
            "compare {period} with the batches per epoch, and see whether accumulation divides them evenly",
            "correct the scaling or update the trainer, and see whether that gradient was scaled too",
        ),
        Cause(
            "the first batch of each epoch differs from the rest (order, padding, length)",
            "log the size and the loss of that batch without accumulation",
            "treat it like the other batches before touching the learning rate",
        ),
    ),
    "periodic_spikes": (
        Cause(
            "something recurs every {period}, such as an epoch boundary, an evaluation or a checkpoint",
            "compare {period} with the batches per epoch and with the evaluation interval",
            "look at what runs at that point, data order first",
        ),
    ),
    "divergence": (
        Cause(
            "the updates became too large from {at} on",
            "read the gradient norm and the learning rate just before {at}",
            "resume from a checkpoint before {at} with a lower rate",
        ),
        Cause(
            "a numerical overflow, or a run of damaged batches",
            "search the log around {at} for infinite values and skipped steps",
            "replay those batches at higher precision",
        ),
    ),
    "spike": (
        Cause(
            "a batch unlike the others, or one oversized update",
            "compare the gradient norm at {at} with its neighbors, and look at the batch",
            "clip the gradient where the norm jumps too, or repair the data where it does not",
        ),
    ),
    "overfitting": (
        Cause(
            "from {at} on, what is learned no longer carries over to the validation data",
            "evaluate the checkpoint at {at} and the last one on another split",
            "keep the one at {at}, and only then change the model or the data",
        ),
    ),
    "widening_gap": (
        Cause(
            "the training curve gains on examples that the validation data do not share, or it is "
            "only measured under other conditions",
            "evaluate both sets with one and the same model, in evaluation mode",
            "watch validation alone when choosing a checkpoint",
        ),
    ),
    "validation_below_training": (
        Cause(
            "training values are averaged while the model still improves, so they are older",
            "evaluate the training set at the end of an epoch, in evaluation mode",
            "compare the two curves only on such values",
        ),
        Cause(
            "the validation data are easier, or overlap with the training data",
            "look for validation examples in the training set",
            "rebuild the split",
        ),
    ),
    "validation_stalled": (
        Cause(
            "the validation set no longer distinguishes the models that training still improves",
            "evaluate an early and a late checkpoint on a second split",
            "stop at the earlier one where they agree",
        ),
    ),
    "initial_cliff": (
        Cause(
            "the outputs start at the wrong scale, so that the first updates only learn a scale or an offset",
            "compare the first value with the loss of a constant prediction",
            "standardize the targets, or set the output bias to their mean",
        ),
        Cause(
            "a few extreme targets dominate the first values",
            "look at the loss by example before the first update",
            "treat those examples first",
        ),
    ),
    "not_learning": (
        Cause(
            "no useful gradient reaches the parameters",
            "train on a single batch: a working setup brings that loss near zero",
            "look at the learning rate, frozen parameters and the pairing of inputs with targets, in turn",
        ),
    ),
    "delayed_onset": (
        Cause(
            "the learning rate is still warming up, or the model has to leave a symmetric start",
            "read the learning rate at {at}",
            "shorten the warm-up and compare at equal steps",
        ),
    ),
    "level_shift": (
        Cause(
            "the run changed at {at}: a restart, other data, or a step of the learning rate",
            "read the run's log at {at}",
            "treat the values before and after as two runs",
        ),
    ),
    "epoch_staircase": (
        Cause(
            "the examples of each pass are recognized at the next (steps at epoch ends), or the logged value "
            "is a running mean that restarts",
            "see whether {period} is one pass through the data, and whether the mean is reset there",
            "log the plain value of each batch",
        ),
    ),
    "oscillation": (
        Cause(
            "a repeating order of batches, or a cyclic learning rate",
            "compare {period} with the passes through the data and the schedule",
            "shuffle anew at each pass",
        ),
    ),
    "late_noise": (
        Cause(
            "each value rests on few examples, or the learning rate is still high",
            "evaluate one checkpoint on two different samples of the data",
            "enlarge the sample if those differ as much as neighbors do, lower the final rate if not",
        ),
    ),
    "plateau": (
        Cause(
            "the learning rate has reached the end of its decay",
            "read the learning rate at {at}",
            "extend the schedule rather than the run",
        ),
    ),
    "still_improving": (
        Cause(
            "the steps, or the schedule over them, are too few for this curve",
            "read the learning rate at the last step; near zero means that its schedule is over",
            "lengthen the schedule, and otherwise the run",
        ),
    ),
    "loss_up_metric_steady": (
        Cause(
            "wrong predictions become more confident while their number stays the same",
            "compare the mean confidence of wrong predictions at {at} and at the end",
            "choose the checkpoint by the metric and calibrate afterwards",
        ),
    ),
    "truncated": (
        Cause(
            "the run was stopped, or its values became infinite",
            "read the last lines of its log",
            "compare the runs only up to {at}",
        ),
    ),
    "lr_loss_coincidence": (
        Cause(
            "the change of the learning rate at {at} moves the loss",
            "repeat the run with that change shifted",
            "place the change where validation gains from it",
        ),
    ),
    "component_dominance": (
        Cause(
            "the total is steered by its largest component",
            "compare the gradient norms of the components",
            "rescale the components before reading anything from their sum",
        ),
    ),
    "confounded_comparison": (
        Cause(
            "several settings differ at once",
            "repeat two of the runs with one setting changed",
            "rank only such pairs",
        ),
    ),
}

# The order in which a reader should check: first what makes the other statements unsafe.
ORDER = tuple(CAUSES)


def slots(facts: Facts, finding: Finding) -> dict[str, str | None]:
    """The words a template may use for this finding."""
    return {
        "at": facts.step(finding.panel, _onset(finding)),
        "period": facts.amount(finding.panel, facts.estimate(finding, "period")),
    }


def _onset(finding: Finding) -> float | None:
    if finding.x is not None:
        return finding.x
    return finding.x_range[0] if finding.x_range else None


def hypotheses(facts: Facts, limit: int = 4) -> list[Hypothesis]:
    """Causes for the findings of this figure, in the order of checking.

    Parameters
    ----------
    facts : Facts
    limit : int
        How many at most; one kind is explained once, at its strongest finding.
    """
    found: list[Hypothesis] = []
    regular = bool(facts.all("constant_ratio_spikes", "periodic_spikes"))
    for kind in ORDER:
        if (kind == "spike" and regular) or (
            kind == "periodic_spikes" and facts.all("constant_ratio_spikes")
        ):
            continue
        candidates = [f for f in facts.all(kind) if f.grade in MIN_GRADE or kind in HINTS_TOO]
        candidates = [f for f in candidates if not is_turn(facts, f) and asks(facts, f)]
        if candidates:
            found += causes_of(facts, min(candidates, key=lambda f: GRADES.index(f.grade)))
    return found[:limit]


def asks(facts: Facts, finding: Finding) -> bool:
    """Whether a finding asks for a cause: a scatter that does not grow is only a property of the run."""
    if finding.kind == "divergence":
        series = facts.series(finding)  # from the first value on there is no "before"
        return series is None or finding.x is None or finding.x > float(series.x[0])
    if finding.kind == "still_improving":
        # A longer run is no remedy where validation has turned, or where the rate has run out.
        turned = any(f.grade != "possible" for f in facts.all("overfitting"))
        return not turned and links.decayed(facts, [finding]) is None
    if finding.kind == "not_learning":
        return (facts.quantity(finding.panel) or "") in ("loss", "") or "loss" in facts.name(finding).text
    if finding.kind != "late_noise":
        return True
    early, late = facts.estimate(finding, "early"), facts.estimate(finding, "late")
    return early is not None and late is not None and late.lo > early.hi


def causes_of(facts: Facts, finding: Finding) -> list[Hypothesis]:
    """The causes on record for one finding, most likely first; one with an unknown slot is left out."""
    written = (_write(facts, finding, cause) for cause in CAUSES.get(finding.kind, ()))
    return [h for h in written if h is not None]


def _write(facts: Facts, finding: Finding, cause: Cause) -> Hypothesis | None:
    words = slots(facts, finding)
    parts = [
        fill(text, **{k: v for k, v in words.items() if "{" + k + "}" in text})
        for text in (cause.cause, cause.check, cause.action)
    ]
    if any(part is None for part in parts):
        return None
    return Hypothesis(finding, *(part or "" for part in parts))
