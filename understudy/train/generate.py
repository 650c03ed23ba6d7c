"""Generates with the checkpoint folder: the bf16 weights as stored, all arithmetic in fp32, one token per step."""
import json

import torch

from checkpoint import MODEL_FOLDER, read_tensors
from model import Shape, Understudy


def load(folder=MODEL_FOLDER):
    net = Understudy(Shape.of(json.loads((folder / "config.json").read_text())))
    net.load_state_dict({name: t.float() for name, t in read_tensors(folder / "model.safetensors").items()})
    return net.eval()


def _keep(memories, rows):
    for memory in memories:
        for name in memory:
            memory[name] = memory[name][rows]


@torch.no_grad()
def generate(net, prompts, end, limit=400, temperature=0.0, seed=0, group=192, margins=None):
    """New ids for every prompt (lists of ids), up to and including `end`. Prompts run side by side, each at its own pace.

    `margins`, a dict, receives for each prompt's index the distances between the two best logits of its tokens.
    """
    outputs, source = [[] for _ in prompts], torch.Generator().manual_seed(seed)
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    for begin in range(0, len(order), group):
        alive = order[begin:begin + group]
        memories = [{} for _ in net.model.layers]
        position = 0
        while alive:
            fed = [(prompts[i] + outputs[i])[position] for i in alive]
            logits = net.step(torch.tensor(fed), memories, position)
            if temperature > 0:
                chosen = torch.multinomial((logits / temperature).softmax(-1), 1, generator=source)[:, 0]
            else:
                chosen = logits.argmax(-1)
            position += 1
            for row, i in enumerate(alive):
                if position >= len(prompts[i]):
                    outputs[i].append(int(chosen[row]))
                    if margins is not None:
                        best = logits[row].topk(2).values
                        margins.setdefault(i, []).append(round(float(best[0] - best[1]), 4))
            rows = [row for row, i in enumerate(alive)
                    if not outputs[i] or outputs[i][-1] != end and len(outputs[i]) < limit]
            if len(rows) < len(alive):
                alive = [alive[row] for row in rows]
                _keep(memories, torch.tensor(rows, dtype=torch.long))
    return outputs
