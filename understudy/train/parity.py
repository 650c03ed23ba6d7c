"""Checks the PyTorch model against a golden folder (config.json, model.safetensors, goldens.json, goldens.safetensors).

Usage: python parity.py FOLDER
"""
import json
import sys
from pathlib import Path

import torch

from checkpoint import read_tensors
from model import Shape, Understudy


def main(folder):
    folder = Path(folder)
    shape = Shape.of(json.loads((folder / "config.json").read_text()))
    net = Understudy(shape)
    net.load_state_dict({k: v.float() for k, v in read_tensors(folder / "model.safetensors").items()})
    goldens, worst = read_tensors(folder / "goldens.safetensors"), 0.0
    for name, prompt in json.loads((folder / "goldens.json").read_text())["prompts"].items():
        ids, expected = prompt["input_ids"], goldens[name + ".logits"]
        length = -(-len(ids) // shape.chunk) * shape.chunk
        packed = torch.tensor([ids + [0] * (length - len(ids))])
        places = torch.arange(length)[None]
        with torch.no_grad():
            chunked = net(packed, torch.zeros_like(packed), places, torch.arange(len(ids)), dtype=torch.float32)
            memories = [{} for _ in shape.layer_types]
            stepped = torch.cat([net.step(torch.tensor([t]), memories, i) for i, t in enumerate(ids)])
        for form, logits in (("chunked", chunked), ("stepped", stepped)):
            error = (logits - expected).abs().max().item()
            worst = max(worst, error)
            print(f"{name:8} {form:8} largest error of {logits.shape[0]} x {logits.shape[1]} logits: {error:.2e}")
    return 0 if worst < 1e-3 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
