"""Writes src/test/resources/dual: tiny random CLIP and SigLIP folders as transformers.js and optimum export them, with
the vectors that transformers computes for some texts and images. Run: python src/test/python/dual_encoders.py"""

import json
import pathlib
import sys

sys.modules["torchvision"] = None  # images by Pillow, as Headroom's

import onnx
import onnxruntime
import torch
from PIL import Image
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import CLIPConfig, CLIPModel, SiglipConfig, SiglipModel
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

RESOURCES = pathlib.Path(__file__).parents[1] / "resources"
IMAGES = ["rgb.png", "baseline.jpg", "palette.png"]
TEXTS = [
    "a photo of a cat",
    "dog",
    "two red shoes beside a cat, and a dog",
    "a cat " * 12 + "dog",
    "A Photo of a CAT",
]
WORDS = "a photo of cat dog two red shoes beside and , the".split()
SHAPE = dict(hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2)


def clip_tokenizer():
    """Each word is a token; the end token has the highest id, as in CLIP's own vocabulary."""
    vocab = {word: i for i, word in enumerate(WORDS + ["<|startoftext|>", "<|endoftext|>"])}
    tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="the"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    start, end = vocab["<|startoftext|>"], vocab["<|endoftext|>"]
    tokenizer.post_processor = processors.RobertaProcessing(("<|endoftext|>", end), ("<|startoftext|>", start), False)
    return tokenizer, start, end, end


def siglip_tokenizer():
    """The end token is the padding token, too."""
    vocab = {word: i for i, word in enumerate(["<pad>", "</s>", "<unk>"] + WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(Regex("[,.]"), "")])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing("$A </s>", special_tokens=[("</s>", 1)])
    return tokenizer, 0, 1, 1


class Tower(torch.nn.Module):
    def __init__(self, of):
        super().__init__()
        self.of = of


class ClipText(Tower):
    def forward(self, input_ids, attention_mask):
        return vector(self.of.get_text_features(input_ids=input_ids, attention_mask=attention_mask))


class ClipVision(Tower):
    def forward(self, pixel_values):
        return vector(self.of.get_image_features(pixel_values=pixel_values))


class SiglipText(Tower):
    def forward(self, input_ids):
        made = self.of.text_model(input_ids=input_ids)
        return made.last_hidden_state, made.pooler_output


class SiglipVision(Tower):
    def forward(self, pixel_values):
        made = self.of.vision_model(pixel_values=pixel_values)
        return made.last_hidden_state, made.pooler_output


def vector(made):
    return made if torch.is_tensor(made) else made.pooler_output


def export(tower, sample, file, outputs):
    names = list(sample)
    axes = {name: {0: "batch"} for name in names + outputs}
    for name in names:
        if name != "pixel_values":
            axes[name][1] = "sequence"
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        tower, tuple(sample.values()), file, input_names=names, output_names=outputs, dynamic_axes=axes,
        opset_version=17, dynamo=False)
    small(file)
    print(file, file.stat().st_size)


def small(file):
    """Folds constants and shortens names, so that the file may be committed."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(file)
    onnxruntime.InferenceSession(file.read_bytes(), options)
    model = onnx.load(file)
    graph = model.graph
    ports = {port.name for port in [*graph.input, *graph.output]}
    short = {"": ""}
    for node in graph.node:
        node.name = ""
        node.doc_string = ""
    for names in [*(node.input for node in graph.node), *(node.output for node in graph.node)]:
        for i, name in enumerate(names):
            names[i] = name if name in ports else short.setdefault(name, "t%d" % len(short))
    for tensor in graph.initializer:
        tensor.name = short[tensor.name]
        tensor.doc_string = ""
    del graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, file)


def write(name, model, tokenizer, length, images, towers, outputs, padding):
    folder = RESOURCES / "dual" / name
    folder.mkdir(parents=True, exist_ok=True)
    model.eval()
    tokenizer, _, _, pad = tokenizer
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": length}))
    config = model.config.to_dict()
    kept = {key: config[key] for key in ("model_type", "architectures", "projection_dim") if config.get(key)}
    kept["architectures"] = [type(model).__name__]
    for part in ("text_config", "vision_config"):
        kept[part] = {key: config[part][key] for key in (
            "model_type", "hidden_size", "max_position_embeddings", "pad_token_id", "bos_token_id", "eos_token_id",
            "image_size", "patch_size") if key in config[part]}
    (folder / "config.json").write_text(json.dumps(kept, indent=1))
    (folder / "preprocessor_config.json").write_text(json.dumps(images[1], indent=1))

    encoded = [tokenizer.encode(text) for text in TEXTS]
    ids = []
    for one in encoded:
        kept_ids = one.ids if len(one.ids) <= length else one.ids[: length - 1] + one.ids[-1:]
        ids.append(kept_ids)
    text_vectors = []
    for row in ids:
        row = row + [pad] * ((length - len(row)) if padding else 0)
        inputs = {"input_ids": torch.tensor([row])}
        if not padding:
            inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        text_vectors.append(vector(model.get_text_features(**inputs))[0])
    image_vectors = []
    for image in IMAGES:
        pixels = images[0](Image.open(RESOURCES / "image" / image).convert("RGB"), return_tensors="pt")
        image_vectors.append(vector(model.get_image_features(**pixels))[0])

    text_sample = {"input_ids": torch.tensor([[0, 1, 2, 3], [3, 2, 1, 0]])}
    if not padding:
        text_sample["attention_mask"] = torch.ones(2, 4, dtype=torch.long)
    else:
        text_sample["input_ids"] = torch.zeros(2, length, dtype=torch.long)
    pixel_sample = {"pixel_values": torch.rand(2, 3, 32, 32)}
    export(towers[0](model), text_sample, folder / "onnx" / "text_model.onnx", outputs[0])
    export(towers[1](model), pixel_sample, folder / "onnx" / "vision_model.onnx", outputs[1])
    (folder / "expected.json").write_text(json.dumps({
        "texts": [{"text": text, "embedding": rounded(made)} for text, made in zip(TEXTS, text_vectors)],
        "images": [{"image": image, "embedding": rounded(made)} for image, made in zip(IMAGES, image_vectors)],
    }).replace('{"', '\n{"'))


def rounded(made):
    return [round(float(x), 6) for x in made]


@torch.no_grad()
def main():
    torch.manual_seed(18)
    tokenizer = clip_tokenizer()
    config = CLIPConfig(
        text_config=dict(SHAPE, vocab_size=tokenizer[3] + 1, max_position_embeddings=16, projection_dim=12,
                         pad_token_id=1, bos_token_id=tokenizer[1], eos_token_id=tokenizer[2]),
        vision_config=dict(SHAPE, image_size=32, patch_size=4, projection_dim=12),
        projection_dim=12)
    size = dict(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    processor = CLIPImageProcessorPil(**size)
    written = {key: value for key, value in processor.to_dict().items() if value is not None}
    write("clip", spread(CLIPModel(config)), tokenizer, 16, (processor, written), (ClipText, ClipVision),
          (["text_embeds"], ["image_embeds"]), False)

    tokenizer = siglip_tokenizer()
    narrow = dict(hidden_size=8, intermediate_size=8)
    config = SiglipConfig(
        text_config=dict(SHAPE | narrow, vocab_size=16, max_position_embeddings=16, pad_token_id=1, bos_token_id=0,
                         eos_token_id=1),
        vision_config=dict(SHAPE | narrow, image_size=32, patch_size=4))
    processor = SiglipImageProcessorPil(size={"height": 32, "width": 32})
    written = {key: value for key, value in processor.to_dict().items() if value is not None}
    write("siglip", spread(SiglipModel(config)), tokenizer, 16, (processor, written), (SiglipText, SiglipVision),
          (["last_hidden_state", "pooler_output"],) * 2, True)


def spread(model):
    """Larger weights, because those of the library's start make all vectors alike."""
    for name, weight in model.named_parameters():
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, std=0.4)
    return model


if __name__ == "__main__":
    main()
