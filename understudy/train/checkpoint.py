"""Reading and writing the checkpoint folder: safetensors and config.json."""
import json
import math
import struct
from pathlib import Path

import torch

TYPES = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16, "I64": torch.int64}
MODEL_FOLDER = Path(__file__).resolve().parents[1] / "src/main/resources/io/souffleur/understudy/model"


def read_tensors(path):
    data = Path(path).read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header, body = json.loads(data[8:8 + size]), memoryview(data)[8 + size:]
    tensors = {}
    for name, about in header.items():
        if name != "__metadata__":
            begin, end = about["data_offsets"]
            raw = torch.frombuffer(bytearray(body[begin:end]), dtype=TYPES[about["dtype"]])
            tensors[name] = raw.reshape(about["shape"])
    return tensors


def write_tensors(path, tensors, dtype=torch.bfloat16):
    """One file, names sorted, the header padded so that the data starts on a multiple of 64 bytes."""
    code = next(c for c, t in TYPES.items() if t == dtype)
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name in sorted(tensors):
        size = tensors[name].numel() * dtype.itemsize
        header[name] = {"dtype": code, "shape": list(tensors[name].shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (math.ceil((len(text) + 8) / 64) * 64 - 8 - len(text))
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)))
        out.write(text)
        for name in sorted(tensors):
            out.write(tensors[name].detach().to(dtype).contiguous().view(torch.uint8).numpy().tobytes())


def config_of(shape, end_id):
    rotary = int(shape.head_dim * shape.rotary) // 2
    section = [rotary - 2 * (rotary // 3), rotary // 3, rotary // 3]
    return {
        "architectures": ["Qwen3_5ForCausalLM"], "model_type": "qwen3_5_text", "dtype": "bfloat16",
        "attention_bias": False, "attention_dropout": 0.0, "attn_output_gate": True, "full_attention_interval": 4,
        "hidden_act": "silu", "initializer_range": 0.02, "linear_conv_kernel_dim": shape.conv,
        "mamba_ssm_dtype": "float32", "max_position_embeddings": 4096, "mtp_num_hidden_layers": 0,
        "partial_rotary_factor": shape.rotary, "rms_norm_eps": shape.eps, "use_cache": True,
        "bos_token_id": None, "pad_token_id": None, "eos_token_id": end_id, "vocab_size": shape.vocab,
        "hidden_size": shape.hidden, "intermediate_size": shape.intermediate,
        "num_hidden_layers": len(shape.layer_types), "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads, "head_dim": shape.head_dim,
        "linear_num_key_heads": shape.key_heads, "linear_num_value_heads": shape.value_heads,
        "linear_key_head_dim": shape.key_dim, "linear_value_head_dim": shape.value_dim,
        "tie_word_embeddings": True, "layer_types": list(shape.layer_types),
        "rope_parameters": {"mrope_interleaved": True, "mrope_section": section, "rope_type": "default",
                            "rope_theta": shape.theta, "partial_rotary_factor": shape.rotary},
        "transformers_version": "5.9.0",
    }
