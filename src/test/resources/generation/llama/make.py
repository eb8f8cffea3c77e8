"""Makes llama.bin, a random LlamaForCausalLM, and llama.json, what transformers says with it.

    pip install torch transformers && python make.py
"""
import json, torch, transformers
from transformers import LlamaConfig, LlamaForCausalLM

TOKENS = 24
PROMPTS = [[5], [3, 9, 27, 17, 51, 25, 11], [(7 * i * i + 3) % 64 for i in range(40)]]

config = LlamaConfig(vocab_size=64, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, head_dim=16, max_position_embeddings=128, rms_norm_eps=1e-5, rope_theta=10000.0,
    attention_bias=False, tie_word_embeddings=False, initializer_range=0.4, eos_token_id=None, bos_token_id=None, pad_token_id=None)
torch.manual_seed(23)
model = LlamaForCausalLM(config).eval()
with torch.no_grad():
    for name, weight in model.named_parameters():
        if "norm" in name:
            weight.uniform_(0.5, 1.5)

state = model.state_dict()
layer = ["input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
    "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]
names = ["model.embed_tokens"] + [f"model.layers.{i}.{name}" for i in range(2) for name in layer] + ["model.norm", "lm_head"]
with open("llama.bin", "wb") as file:
    for name in names:
        weight = state[name + ".weight"]
        file.write((weight if weight.dim() == 1 or "embed" in name else weight.T).contiguous().numpy().tobytes())

cases = []
for prompt in PROMPTS:
    tokens, scores = list(prompt), []
    for _ in range(TOKENS):
        with torch.no_grad():
            last = model(torch.tensor([tokens])).logits[0, -1]
        scores.append([round(score, 5) for score in last.tolist()])
        tokens.append(int(last.argmax()))
    cases.append({"prompt": prompt, "tokens": tokens[len(prompt):], "first": scores[0], "last": scores[-1]})
json.dump({"transformers": transformers.__version__, "cases": cases}, open("llama.json", "w"))
