"""A long log in every format: what a run of N logged steps leaves behind.

    python scripts/long_logs.py FORMAT STEPS FILE

The training loss is logged at every step, evaluations stand between as each format writes them.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

EVALUATE_EVERY = 1000  # steps


def losses(n: int) -> np.ndarray:
    """A fall to a floor under even noise."""
    rng = np.random.default_rng(0)
    return 2 * np.exp(-np.arange(n) / (n / 5)) + 0.5 + rng.normal(0, 0.05, n)


def _lines(n: int, line: Callable[[int, float], str], head: str = "") -> bytes:
    return (head + "\n".join(line(i, v) for i, v in enumerate(losses(n).tolist())) + "\n").encode()


def _evaluated(n: int, line: Callable[[int, float], str], evaluation: Callable[[int, float], str]) -> bytes:
    def pieces() -> Iterator[str]:
        for i, value in enumerate(losses(n).tolist()):
            yield line(i, value)
            if i % EVALUATE_EVERY == EVALUATE_EVERY - 1:
                yield evaluation(i, value + 0.1)

    return ("\n".join(pieces()) + "\n").encode()


def hf_stdout(n: int) -> bytes:
    return _evaluated(
        n,
        lambda i, v: (
            f"{{'loss': {v:.4f}, 'grad_norm': {v / 2:.4f}, 'learning_rate': {1e-4 * (1 - i / n):.6g}, "
            f"'epoch': {3 * i / n:.2f}}}"
        ),
        lambda i, v: f"{{'eval_loss': {v:.4f}, 'eval_runtime': 3.2, 'epoch': {3 * i / n:.2f}}}",
    )


def hf_trainer_state(n: int) -> bytes:
    records = _evaluated(
        n,
        lambda i, v: (
            f'{{"epoch": {3 * i / n:.4f}, "grad_norm": {v / 2:.4f}, '
            f'"learning_rate": {1e-4 * (1 - i / n):.6g}, "loss": {v:.4f}, "step": {i + 1}}},'
        ),
        lambda i, v: (
            f'{{"epoch": {3 * i / n:.4f}, "eval_loss": {v:.4f}, "eval_runtime": 3.2, "step": {i + 1}}},'
        ),
    )
    return b'{"best_metric": null, "log_history": [' + records.rstrip(b",\n") + b'], "global_step": 7}'


def llama_factory(n: int) -> bytes:
    return _evaluated(
        n,
        lambda i, v: (
            f'{{"current_steps": {i + 1}, "total_steps": {n}, "loss": {v:.4f}, '
            f'"lr": {1e-4 * (1 - i / n):.6g}, "epoch": {3 * i / n:.3f}, "percentage": {100 * i / n:.2f}, '
            '"elapsed_time": "0:00:01", "remaining_time": "0:10:00"}'
        ),
        lambda i, v: (
            f'{{"current_steps": {i + 1}, "total_steps": {n}, "eval_loss": {v:.4f}, '
            f'"epoch": {3 * i / n:.3f}, "percentage": {100 * i / n:.2f}, '
            '"elapsed_time": "0:00:01", "remaining_time": "0:10:00"}'
        ),
    )


def openmmlab(n: int) -> bytes:
    return _evaluated(
        n,
        lambda i, v: (
            f'{{"lr": {1e-4 * (1 - i / n):.6g}, "data_time": 0.01, "loss": {v:.4f}, "time": 0.4, '
            f'"epoch": {1 + i // EVALUATE_EVERY}, "iter": {i + 1}, "memory": 7042, "step": {i + 1}}}'
        ),
        lambda i, v: (
            f'{{"accuracy/top1": {100 - 20 * v:.4f}, "data_time": 0.01, "time": 0.02, '
            f'"step": {1 + i // EVALUATE_EVERY}}}'
        ),
    )


def mae(n: int) -> bytes:
    return _lines(
        n,
        lambda i, v: (
            f'{{"train_lr": {1e-4 * (1 - i / n):.6g}, "train_loss": {v:.4f}, "test_loss": {v + 0.1:.4f}, '
            f'"test_acc1": {100 - 20 * v:.3f}, "epoch": {i}, "n_parameters": 86567656}}'
        ),
    )


def keras_history(n: int) -> bytes:
    values = losses(n)
    columns = {"loss": values, "accuracy": 1 - values / 4, "val_loss": values + 0.1}
    return json.dumps({name: column.round(5).tolist() for name, column in columns.items()}).encode()


def markdown(n: int) -> bytes:
    head = "| Step | Training Loss | Validation Loss |\n|---|---|---|\n"
    return _lines(n, lambda i, v: f"| {i + 1} | {v:.6f} | {v + 0.1:.6f} |", head)


def tensorboard_events(n: int) -> bytes:
    """Two tags, one scalar per record, as SummaryWriter writes them (checksums left 0)."""
    first = b"\x09" + struct.pack("<d", 1.6e9) + b"\x1a\x0dbrain.Event:2"
    out = [_framed(first)]
    for i, value in enumerate(losses(n // 2).tolist()):
        for tag, scalar in ((b"train/loss", value), (b"val/loss", value + 0.1)):
            inner = b"\x0a" + bytes([len(tag)]) + tag + b"\x15" + struct.pack("<f", scalar)
            summary = b"\x0a" + bytes([len(inner)]) + inner
            event = b"\x09" + struct.pack("<d", 1.6e9 + i) + b"\x10" + _varint(i)
            out.append(_framed(event + b"\x2a" + bytes([len(summary)]) + summary))
    return b"".join(out)


def _framed(record: bytes) -> bytes:
    return struct.pack("<Q", len(record)) + b"\0\0\0\0" + record + b"\0\0\0\0"


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def tensorboard_csv(n: int) -> bytes:
    return _lines(n, lambda i, v: f"{1654943296.2150984 + i},{i},{v:.15f}", "Wall time,Step,Value\n")


def wandb_csv(n: int) -> bytes:
    head = ",".join(f'"brisk-pond-1 - train/loss{end}"' for end in ("", "__MIN", "__MAX"))
    return _lines(n, lambda i, v: f'"{i}","{v:.8f}","{v:.8f}","{v:.8f}"', f'"Step",{head}\n')


def ultralytics(n: int) -> bytes:
    head = "epoch,time,train/box_loss,metrics/mAP50(B),val/box_loss,lr/pg0\n"
    return _lines(
        n, lambda i, v: f"{i + 1},{40.1 * i:.4f},{v:.5f},{1 - v / 4:.5f},{v + 0.1:.5f},{1e-4:.6g}", head
    )


def lightning(n: int) -> bytes:
    return _evaluated(
        n,
        lambda i, v: f"{i // EVALUATE_EVERY},{i},{v:.7f},",
        lambda i, v: f"{i // EVALUATE_EVERY},{i},,{v:.7f}",
    ).join((b"epoch,step,train_loss,val_loss\n", b""))


def timm(n: int) -> bytes:
    head = "epoch,train_loss,eval_loss,eval_top1,lr\n"
    return _lines(
        n, lambda i, v: f"{i},{v:.5f},{v + 0.1:.5f},{100 - 20 * v:.3f},{1e-4 * (1 - i / n):.6g}", head
    )


def keras_csv(n: int) -> bytes:
    head = "epoch,accuracy,loss,val_accuracy,val_loss\n"
    return _lines(n, lambda i, v: f"{i},{1 - v / 4:.7f},{v:.7f},{1 - v / 3:.7f},{v + 0.1:.7f}", head)


def mlflow(n: int) -> bytes:
    return _lines(n, lambda i, v: f"{1600000000000 + i} {v:.15f} {i}")


def json_lines(n: int) -> bytes:
    return _evaluated(
        n,
        lambda i, v: f'{{"step": {i}, "loss": {v:.6f}, "lr": {1e-4 * (1 - i / n):.6g}}}',
        lambda i, v: f'{{"step": {i}, "val_loss": {v:.6f}}}',
    )


def plain_text(n: int) -> bytes:
    return _evaluated(
        n,
        lambda i, v: f"iter {i}: loss {v:.4f}, time 29.71ms, mfu 31.20%",
        lambda i, v: f"step {i + 1}: train loss {v - 0.1:.4f}, val loss {v:.4f}",
    )


def generic_csv(n: int) -> bytes:
    return _lines(n, lambda i, v: f"{i},{v:.6f},{1e-4 * (1 - i / n):.6g}", "iteration,loss,lr\n")


LOGS: dict[str, Callable[[int], bytes]] = {
    "tensorboard-events": tensorboard_events,
    "hf-trainer-state": hf_trainer_state,
    "llama-factory": llama_factory,
    "openmmlab": openmmlab,
    "mae": mae,
    "hf-stdout": hf_stdout,
    "keras-history": keras_history,
    "markdown": markdown,
    "tensorboard-csv": tensorboard_csv,
    "wandb-csv": wandb_csv,
    "ultralytics": ultralytics,
    "lightning": lightning,
    "timm": timm,
    "keras-csv": keras_csv,
    "mlflow": mlflow,
    "json": json_lines,
    "plain-text": plain_text,
    "csv": generic_csv,
}


if __name__ == "__main__":
    _, name, steps, file = sys.argv
    Path(file).write_bytes(LOGS[name](int(steps)))
