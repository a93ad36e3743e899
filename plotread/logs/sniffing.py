"""The sniffing table: which format a file is in.  A new format is one file and one row here."""

from __future__ import annotations

from plotread.logs.formats import (
    generic_csv,
    generic_json,
    hf_stdout,
    hf_trainer_state,
    keras_csv,
    keras_history,
    lightning,
    llamafactory,
    mae,
    markdown,
    mlflow,
    openmmlab,
    plain_text,
    tensorboard_csv,
    tensorboard_events,
    timm,
    ultralytics,
    wandb_csv,
)
from plotread.logs.types import Format, Head

# Asked from top to bottom: the first row that matches wins, so the general ones stand last.
FORMATS: tuple[Format, ...] = (
    Format("tensorboard-events", tensorboard_events.matches, tensorboard_events.parse),
    Format("hf-trainer-state", hf_trainer_state.matches, hf_trainer_state.parse),
    Format("llama-factory", llamafactory.matches, llamafactory.parse),
    Format("openmmlab", openmmlab.matches, openmmlab.parse),
    Format("mae", mae.matches, mae.parse),
    Format("hf-stdout", hf_stdout.matches, hf_stdout.parse),
    Format("keras-history", keras_history.matches, keras_history.parse),
    Format("markdown", markdown.matches, markdown.parse),
    Format("tensorboard-csv", tensorboard_csv.matches, tensorboard_csv.parse),
    Format("wandb-csv", wandb_csv.matches, wandb_csv.parse),
    Format("ultralytics", ultralytics.matches, ultralytics.parse),
    Format("lightning", lightning.matches, lightning.parse),
    Format("timm", timm.matches, timm.parse),
    Format("keras-csv", keras_csv.matches, keras_csv.parse),
    Format("mlflow", mlflow.matches, mlflow.parse),
    Format("json", generic_json.matches, generic_json.parse),
    Format("plain-text", plain_text.matches, plain_text.parse),
    Format("csv", generic_csv.matches, generic_csv.parse),
)


def find_format(head: Head) -> Format | None:
    """The first row of the table that takes the file; None for pictures, prose and unknown binaries."""
    if not head.text and not tensorboard_events.matches(head):
        return None
    return next((row for row in FORMATS if row.matches(head)), None)
