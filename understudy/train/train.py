"""Trains the understudy: packed lessons, two one-thread workers with averaged gradients, Muon for matrices, AdamW for the rest.

Every draw depends on (seed, worker, step) only, so a run that was stopped and resumed sees the same lessons. The run folder
holds `state.pt` (weights, averages, optimiser, step, core-seconds) and `log.txt`.

Usage: python train.py [--steps N] [--run FOLDER] [--workers N] [--seed N]
"""
import argparse
import collections
import json
import math
import os
import random
import time
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F

import lessons
from model import Shape, Understudy, compile_pieces
from tokens import Tokens

ROWS, LENGTH = 4, 512  # per worker and step
PROMPT_WEIGHT = 0.03
MATRIX_RATE, OTHER_RATE, DECAY = 0.01, 2e-3, 0.05
WARM, FLAT, FLOOR = 30, 0.35, 0.02
AVERAGE = 0.995
SAVE_SECONDS = 120


def rate(step, steps):
    """Warm-up, a flat third, then a cosine to almost nothing."""
    done = step / steps
    fall = 1.0 if done < FLAT else FLOOR + (1 - FLOOR) * 0.5 * (1 + math.cos(math.pi * (done - FLAT) / (1 - FLAT)))
    return min(1.0, (step + 1) / WARM) * fall


def batch(tokens, r, progress):
    """ids, document numbers, positions and label weights, each [ROWS, LENGTH]; longest documents are placed first."""
    drawn, size = [], 0
    while size < ROWS * LENGTH * 0.98:
        example = lessons.draw(r, progress)
        prompt, target = tokens.encode(example.prompt), tokens.encode(example.target)
        if len(prompt) + len(target) <= LENGTH:
            drawn.append((prompt, target))
            size += len(prompt) + len(target)
    ids = torch.zeros(ROWS, LENGTH, dtype=torch.long)
    documents, positions = torch.full_like(ids, -9), torch.arange(LENGTH).repeat(ROWS, 1)
    weights, used, count = torch.zeros(ROWS, LENGTH), [0] * ROWS, [0] * ROWS
    for prompt, target in sorted(drawn, key=lambda d: -len(d[0]) - len(d[1])):
        both = prompt + target
        row = next((i for i in range(ROWS) if used[i] + len(both) <= LENGTH), None)
        if row is None:
            continue
        begin, end = used[row], used[row] + len(both)
        ids[row, begin:end] = torch.tensor(both)
        documents[row, begin:end], count[row] = count[row], count[row] + 1
        positions[row, begin:end] = torch.arange(len(both))
        weights[row, begin:begin + len(prompt) - 1] = PROMPT_WEIGHT
        weights[row, begin + len(prompt) - 1:end - 1] = 1.0
        used[row] = end
    for row in range(ROWS):
        positions[row, used[row]:] = torch.arange(LENGTH - used[row])
    return ids, documents, positions, weights, sum(used)


class Muon:
    """Momentum whose matrices are made orthogonal by five Newton-Schulz steps; same shapes are done together."""

    def __init__(self, parameters):
        self.groups = collections.defaultdict(list)
        for p in parameters:
            self.groups[tuple(p.shape)].append(p)
        self.momenta = {shape: torch.zeros(len(ps), *shape) for shape, ps in self.groups.items()}

    @torch.no_grad()
    def step(self, lr):
        for shape, parameters in self.groups.items():
            gradient = torch.stack([p.grad for p in parameters])
            momentum = self.momenta[shape].lerp_(gradient, 0.05)
            x, tall = gradient.lerp(momentum, 0.95), shape[0] > shape[1]
            x = x.transpose(1, 2) if tall else x
            x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16().contiguous()
            for _ in range(5):
                square = x @ x.transpose(1, 2)
                x = 3.4445 * x + (-4.7750 * square + 2.0315 * (square @ square)) @ x
            x = (x.transpose(1, 2) if tall else x).float() * max(1, shape[0] / shape[1]) ** 0.5
            for p, update in zip(parameters, x):
                p.mul_(1 - lr * DECAY).add_(update, alpha=-lr)


def core_seconds():
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system


def worker(rank, options):
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    if options.workers > 1:
        dist.init_process_group("gloo", rank=rank, world_size=options.workers,
                                init_method=f"tcp://127.0.0.1:{options.port}")
    tokens = Tokens.read()
    net = Understudy(Shape(vocab=len(tokens.ids)))
    net.mimic()
    compile_pieces()
    matrices = [p for n, p in net.named_parameters() if p.ndim == 2 and "embed" not in n and p.shape[0] > 8]
    chosen = {id(p) for p in matrices}
    others = [p for p in net.parameters() if id(p) not in chosen]
    muon, adam = Muon(matrices), torch.optim.AdamW(others, lr=OTHER_RATE, betas=(0.9, 0.98), weight_decay=0.0)
    average = {n: p.detach().clone() for n, p in net.named_parameters()}
    begin, spent, seen = 0, 0.0, 0
    state = Path(options.run, "state.pt")
    if state.exists():
        saved = torch.load(state)
        net.load_state_dict(saved["weights"])
        adam.load_state_dict(saved["adam"])
        muon.momenta, average = saved["momenta"], saved["average"]
        begin, spent, seen = saved["step"], saved["core_seconds"], saved["tokens"]
    log = open(Path(options.run, "log.txt"), "a", buffering=1) if rank == 0 else None
    if log:
        print(json.dumps({"parameters": sum(p.numel() for p in net.parameters()), "from_step": begin,
                          "core_seconds": round(spent), "steps": options.steps, "seed": options.seed}), file=log)
    started, last_save, base, losses = time.time(), time.time(), core_seconds(), collections.defaultdict(float)
    parameters = list(net.parameters())

    def total_core_seconds():
        mine = torch.tensor([core_seconds() - base], dtype=torch.double)
        if options.workers > 1:
            dist.all_reduce(mine)
        return spent + mine.item()

    def save(step):
        used = total_core_seconds()
        if rank == 0:
            torch.save({"weights": net.state_dict(), "average": average, "adam": adam.state_dict(), "momenta": muon.momenta,
                        "step": step, "core_seconds": used, "tokens": seen}, str(state) + ".new")
            os.replace(str(state) + ".new", state)

    for step in range(begin, options.steps):
        r = random.Random(f"{options.seed}/{rank}/{step}")
        ids, documents, positions, weights, count = batch(tokens, r, step / options.steps)
        wanted = (weights.flatten() > 0).nonzero()[:, 0]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = net(ids, documents, positions, wanted)
        each = F.cross_entropy(logits, ids.flatten()[wanted + 1], reduction="none")
        weight = weights.flatten()[wanted]
        (each * weight).sum().div(weight.sum()).backward()
        told = torch.tensor([each[weight == 1].mean().item(), count])
        if options.workers > 1:
            flat = torch.cat([p.grad.flatten() for p in parameters] + [told])
            dist.all_reduce(flat)
            told, offset = flat[-2:], 0
            told[0] /= options.workers
            for p in parameters:
                p.grad.copy_(flat[offset:offset + p.numel()].view_as(p)).div_(options.workers)
                offset += p.numel()
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        scale = rate(step, options.steps)
        for group in adam.param_groups:
            group["lr"] = OTHER_RATE * scale
        adam.step()
        muon.step(MATRIX_RATE * scale)
        net.zero_grad(set_to_none=True)
        with torch.no_grad():
            for n, p in net.named_parameters():
                average[n].lerp_(p, max(1 - AVERAGE, 1 / (step + 1)))
        seen += int(told[1])
        losses["sum"] += told[0].item()
        losses["count"] += 1
        if (step + 1) % 50 == 0 or step < 3:
            used = total_core_seconds()
            if log:
                print(json.dumps({"step": step + 1, "loss": round(losses["sum"] / losses["count"], 4), "tokens": seen, "rate": round(scale, 4),
                                  "core_minutes": round(used / 60, 2), "wall_minutes": round((time.time() - started) / 60, 2)}), file=log)
            losses.clear()
        due = torch.tensor([float(time.time() - last_save > SAVE_SECONDS)])
        if options.workers > 1 and (step + 1) % 10 == 0:
            dist.broadcast(due, 0)
        if (step + 1) % 10 == 0 and due.item() or step + 1 == options.steps:
            save(step + 1)
            last_save = time.time()
    if options.workers > 1:
        dist.barrier()
        dist.destroy_process_group()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--steps", type=int, default=3300)
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--port", type=int, default=29517)
    p.add_argument("--run", default=str(Path(__file__).resolve().parent / "run"))
    options = p.parse_args()
    Path(options.run).mkdir(parents=True, exist_ok=True)
    torch.multiprocessing.spawn(worker, (options,), nprocs=options.workers)


if __name__ == "__main__":
    main()
