"""Tiny random text models of several kinds, exported to ONNX, and transformers' own answers to texts of unlike lengths.

Run: python src/test/python/inputs.py src/test/resources/inputs     (torch, transformers, onnx)
"""

import importlib.util
import json
import pathlib
import shutil
import sys
import warnings

_find = importlib.util.find_spec  # torchvision is not needed, and may be of another torch
importlib.util.find_spec = lambda name, *rest: None if name.split(".")[0] == "torchvision" else _find(name, *rest)

import onnx
import onnxruntime
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    BertConfig, BertModel, DistilBertConfig, DistilBertModel, MPNetConfig, MPNetModel, Qwen3Config, Qwen3Model,
    RobertaConfig, RobertaModel, SiglipTextConfig, SiglipTextModel, T5Config, T5EncoderModel,
)
from transformers.cache_utils import DynamicCache

warnings.filterwarnings("ignore")
WORDS = "red green blue cat dog bird runs sleeps sings old young fast".split()
TEXTS = [" ".join(WORDS[(i * 5 + j * (i + 1)) % len(WORDS)] for j in range(length))
         for i, length in enumerate([1, 2, 3, 4, 6, 7, 9, 12, 16, 20, 5, 30])]
SMALL = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, initializer_range=0.9)


def tokenizer(folder, special, start, end, pad, **config):
    vocabulary = {word: i for i, word in enumerate(special + WORDS)}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token=special[-1]))
    made.add_special_tokens(special)
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    template = ([start] if start else []) + ["$A"] + ([end] if end else [])
    made.post_processor = processors.TemplateProcessing(
        single=" ".join(template), special_tokens=[(t, vocabulary[t]) for t in (start, end) if t])
    made.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "tokenizer_config.json").write_text(json.dumps({"pad_token": pad, **config}))
    return made


def export(folder, model, inputs, dynamic, outputs):
    path = folder / "model.onnx"
    torch.onnx.export(model, tuple(inputs.values()), str(path), input_names=list(inputs), output_names=outputs,
                      dynamic_axes=dynamic, opset_version=17, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC  # folds constants
    options.optimized_model_filepath = str(path)
    onnxruntime.InferenceSession(path.read_bytes(), options)
    graph = onnx.load(path)
    shorten(graph.graph)
    onnx.save(graph, path)


def shorten(graph):
    kept = {"", *(port.name for port in [*graph.input, *graph.output])}
    short = {}
    name = lambda long: long if long in kept else short.setdefault(long, f"v{len(short)}")
    for node in graph.node:
        node.name = node.doc_string = ""
        node.input[:] = [name(n) for n in node.input]
        node.output[:] = [name(n) for n in node.output]
    for tensor in graph.initializer:
        tensor.name, tensor.doc_string = name(tensor.name), ""
    del graph.value_info[:]


def write(folder, config, answers, pooling, **more):
    config = config.to_dict() if not isinstance(config, dict) else config
    kept = {k: v for k, v in config.items() if k in (
        "architectures", "model_type", "hidden_size", "d_model", "dim", "max_position_embeddings", "pad_token_id",
        "num_attention_heads", "num_key_value_heads", "head_dim") and v is not None}
    (folder / "config.json").write_text(json.dumps({**kept, **more}, indent=1))
    (folder / "model.yaml").write_text(f"pooling: {pooling}\nnormalize: false\n")
    lines = [json.dumps({"text": t, "vector": [round(float(x), 6) for x in v]}) for t, v in zip(TEXTS, answers)]
    (folder / "answers.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(folder.name, (folder / "model.onnx").stat().st_size)


class Call(torch.nn.Module):
    """A model with its inputs by place."""

    def __init__(self, model, names, output="last_hidden_state"):
        super().__init__()
        self.model, self.names, self.output = model, names, output

    def forward(self, *values):
        return getattr(self.model(**dict(zip(self.names, values))), self.output)


def encoder(root, name, model, special, start, end, pad, names, pooling="mean", **config):
    folder = root / name
    folder.mkdir()
    model.eval()
    made = tokenizer(folder, special, start, end, pad)
    answers = []
    with torch.no_grad():
        for text in TEXTS:
            ids = torch.tensor([made.encode(text).ids])
            hidden = model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0]
            answers.append(hidden.mean(0))
    sample = torch.tensor([made.encode(TEXTS[4]).ids, made.encode(TEXTS[4]).ids])
    values = {"input_ids": sample, "attention_mask": torch.ones_like(sample), "token_type_ids": torch.zeros_like(sample)}
    values = {n: values[n] for n in names}
    axes = {n: {0: "batch_size", 1: "sequence_length"} for n in [*names, "last_hidden_state"]}
    export(folder, Call(model, names), values, axes, ["last_hidden_state"])
    write(folder, model.config, answers, pooling, **config)


class Decoder(torch.nn.Module):
    """As optimum exports a decoder with its cache."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask, positions, key, value):
        cache = DynamicCache()
        cache.update(key, value, 0)
        out = self.model(input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True)
        return out.last_hidden_state, cache.layers[0].keys, cache.layers[0].values


def decoder(root):
    folder = root / "qwen3"
    folder.mkdir()
    special = ["<|endoftext|>", "<|unk|>"]
    made = tokenizer(folder, special, None, "<|endoftext|>", "<|endoftext|>", padding_side="left")
    config = Qwen3Config(vocab_size=14, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1,
                         head_dim=4, intermediate_size=8, max_position_embeddings=40, initializer_range=0.9)
    config._attn_implementation = "eager"
    model = Qwen3Model(config).eval()
    answers = []
    with torch.no_grad():
        for text in TEXTS:
            answers.append(model(input_ids=torch.tensor([made.encode(text).ids])).last_hidden_state[0, -1])
    ids = torch.tensor([made.encode(TEXTS[4]).ids] * 2)
    count = ids.shape[1]
    empty = lambda: torch.zeros(2, 1, 3, 4)
    inputs = {"past_key_values.0.key": empty(), "past_key_values.0.value": empty()}
    values = {"input_ids": ids, "attention_mask": torch.ones(2, count + 3, dtype=torch.long),
              "position_ids": torch.arange(3, count + 3).repeat(2, 1), **inputs}
    axes = {"input_ids": {0: "batch_size", 1: "sequence_length"}, "attention_mask": {0: "batch_size", 1: "total_sequence_length"},
            "position_ids": {0: "batch_size", 1: "sequence_length"}, "last_hidden_state": {0: "batch_size", 1: "sequence_length"},
            **{n: {0: "batch_size", 2: "past_sequence_length"} for n in inputs},
            "present.0.key": {0: "batch_size", 2: "total_sequence_length"}, "present.0.value": {0: "batch_size", 2: "total_sequence_length"}}
    export(folder, Decoder(model), values, axes, ["last_hidden_state", "present.0.key", "present.0.value"])
    graph = onnx.load(folder / "model.onnx")  # the order of the inputs is nobody's promise
    first = graph.graph.input[3]
    del graph.graph.input[3]
    graph.graph.input.insert(0, first)
    onnx.save(graph, folder / "model.onnx")
    write(folder, config, answers, "last_token", architectures=["Qwen3ForCausalLM"])


def siglip(root):
    folder = root / "siglip"
    folder.mkdir()
    made = tokenizer(folder, ["<unk>", "</s>"], None, "</s>", "</s>", model_input_names=["input_ids"], model_max_length=34)
    config = SiglipTextConfig(vocab_size=14, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
                              max_position_embeddings=34, projection_size=8, pad_token_id=1, bos_token_id=0, eos_token_id=1)
    model = SiglipTextModel(config).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.7)
    answers = []
    with torch.no_grad():
        for text in TEXTS:
            ids = made.encode(text).ids
            answers.append(model(input_ids=torch.tensor([ids + [1] * (34 - len(ids))])).pooler_output[0])
    ids = torch.ones(2, 34, dtype=torch.long)

    class Both(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, ids):
            out = self.model(input_ids=ids)
            return out.last_hidden_state, out.pooler_output

    axes = {n: {0: "batch_size", 1: "sequence_length"} for n in ("input_ids", "last_hidden_state")}
    export(folder, Both(), {"input_ids": ids}, {**axes, "pooler_output": {0: "batch_size"}}, ["last_hidden_state", "pooler_output"])
    whole = {"model_type": "siglip", "architectures": ["SiglipModel"]}
    write(folder, whole, answers, "mean", text_config={"model_type": "siglip_text_model", "max_position_embeddings": 34})
    (folder / "model.yaml").write_text("normalize: false\n")


def main(root):
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    torch.manual_seed(18)
    mask, types = ["input_ids", "attention_mask"], ["input_ids", "attention_mask", "token_type_ids"]
    bert = ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]
    roberta = ["<s>", "<pad>", "</s>", "<unk>"]
    encoder(root, "bert", BertModel(BertConfig(vocab_size=16, max_position_embeddings=40, **SMALL), add_pooling_layer=False),
            bert, "[CLS]", "[SEP]", "[PAD]", types)
    encoder(root, "roberta", RobertaModel(RobertaConfig(vocab_size=16, max_position_embeddings=42, **SMALL), add_pooling_layer=False),
            roberta, "<s>", "</s>", "<pad>", mask)
    encoder(root, "mpnet", MPNetModel(MPNetConfig(vocab_size=16, max_position_embeddings=42, **SMALL), add_pooling_layer=False),
            roberta, "<s>", "</s>", "<pad>", mask, architectures=["MPNetForMaskedLM"])
    encoder(root, "distilbert", DistilBertModel(DistilBertConfig(vocab_size=16, max_position_embeddings=40, dim=8, n_layers=1,
            n_heads=2, hidden_dim=8, initializer_range=0.9)), bert, "[CLS]", "[SEP]", "[PAD]", mask)
    encoder(root, "t5", T5EncoderModel(T5Config(vocab_size=16, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2,
            relative_attention_num_buckets=8, relative_attention_max_distance=16)), ["<pad>", "</s>", "<s>", "<unk>"], None, "</s>", "<pad>", mask)
    decoder(root)
    siglip(root)


main(pathlib.Path(sys.argv[1]))
