package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.HubFiles.Choice;
import dev.headroom.model.SentenceModules.Module;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.PrecisionMode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HubFilesTest {

    private static final PrecisionRule CPU = PrecisionRule.likely(PrecisionMode.AUTO, List.of());
    private static final PrecisionRule L4 =
            new PrecisionRule(PrecisionMode.AUTO, new ServingDevice(true, "L4", "8.9", 1, 1, ""));

    private static HubFiles files(Set<String> paths) {
        return new HubFiles("acme/m", new TreeSet<>(paths), paths, Optional.empty(), false, List.of());
    }

    private static Set<String> sorted(Choice choice) {
        return new TreeSet<>(choice.files());
    }

    @Test
    void aRepositoryOfSentenceTransformersGivesItsGraphAndDescriptions() {
        HubFiles all = new HubFiles(
                "acme/m",
                Set.of(
                        "README.md",
                        "model.safetensors",
                        "pytorch_model.bin",
                        "modeling_x.py",
                        "config.json",
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "special_tokens_map.json",
                        "vocab.txt",
                        "modules.json",
                        "sentence_bert_config.json",
                        "config_sentence_transformers.json",
                        "1_Pooling/config.json",
                        "2_Dense/config.json",
                        "2_Dense/model.safetensors",
                        "2_Dense/pytorch_model.bin",
                        "onnx/model.onnx",
                        "onnx/model_O4.onnx",
                        "onnx/model_qint8_arm64.onnx",
                        "openvino/openvino_model.bin"),
                Set.of("onnx/model.onnx", "onnx/model_O4.onnx", "onnx/model_qint8_arm64.onnx"),
                Optional.empty(),
                false,
                List.of(
                        new Module("Transformer", ""),
                        new Module("Pooling", "1_Pooling"),
                        new Module("Dense", "2_Dense")));
        assertEquals(
                Set.of(
                        "config.json",
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "special_tokens_map.json",
                        "modules.json",
                        "sentence_bert_config.json",
                        "config_sentence_transformers.json",
                        "1_Pooling/config.json",
                        "2_Dense/config.json",
                        "2_Dense/model.safetensors",
                        "onnx/model.onnx"),
                sorted(all.by(L4)));
    }

    @Test
    void theFolderOfTheTransformerGivesNoWeights() {
        HubFiles files = new HubFiles(
                "acme/m",
                Set.of("0_Transformer/model.safetensors", "0_Transformer/sentence_bert_config.json", "model.onnx"),
                Set.of("model.onnx"),
                Optional.empty(),
                false,
                List.of(new Module("Transformer", "0_Transformer/")));
        assertEquals(Set.of("0_Transformer/sentence_bert_config.json", "model.onnx"), sorted(files.by(CPU)));
    }

    @Test
    void theDeviceDecidesOnThePrecision() {
        HubFiles files = files(Set.of(
                "onnx/model.onnx",
                "onnx/model.onnx_data",
                "onnx/model.onnx_data_1",
                "onnx/model_fp16.onnx",
                "onnx/model_fp16.onnx_data",
                "onnx/model_q4.onnx",
                "onnx/model_q4.onnx_data"));
        assertEquals(
                Set.of("onnx/model.onnx", "onnx/model.onnx_data", "onnx/model.onnx_data_1"), sorted(files.by(CPU)));
        assertEquals(Set.of("onnx/model_fp16.onnx", "onnx/model_fp16.onnx_data"), sorted(files.by(L4)));
        assertEquals(
                "half precision is for GPUs of compute capability 7.0 and newer; this one has 8.9",
                files.by(L4).graphs().getFirst().reason());
        assertEquals(5, files.forAnyDevice().files().size());
    }

    @Test
    void aQuantisedGraphIsTakenWhereThereIsNoOtherWithTheReason() {
        Choice choice =
                files(Set.of("onnx/model_quantized.onnx", "onnx/model_q4.onnx")).by(L4);
        assertEquals("onnx/model_quantized.onnx", choice.graphs().getFirst().file());
        assertTrue(choice.graphs().getFirst().reason().contains("no graph in full precision or in 16 bits"));
    }

    @Test
    void modelYamlDecides() {
        Set<String> paths = Set.of("onnx/model.onnx", "onnx/model_int8.onnx", "onnx/model_int8_fp16.onnx");
        HubFiles files = new HubFiles("acme/m", paths, paths, Optional.of("onnx/model_int8.onnx"), false, List.of());
        assertEquals(Set.of("onnx/model_int8.onnx"), sorted(files.by(CPU)));
        assertEquals(Set.of("onnx/model_int8_fp16.onnx"), sorted(files.by(L4)));
        assertEquals(
                List.of(),
                new HubFiles("acme/m", paths, paths, Optional.of("../x.onnx"), false, List.of())
                        .by(CPU)
                        .graphs());
    }

    @Test
    void aModelOfTextsAndImagesHasTwoGraphs() {
        Set<String> paths = Set.of(
                "onnx/model.onnx", "onnx/text_model.onnx", "onnx/vision_model.onnx", "onnx/vision_model_fp16.onnx");
        assertEquals(
                Set.of("onnx/text_model.onnx", "onnx/vision_model_fp16.onnx"),
                sorted(files(paths).by(L4)));
        assertEquals(
                Set.of("onnx/model.onnx"),
                sorted(new HubFiles("acme/m", paths, paths, Optional.empty(), true, List.of()).by(L4)));
    }

    @Test
    void whatCannotBeReachedIsNotChosen() {
        HubFiles cached = new HubFiles(
                "acme/m",
                Set.of("onnx/model.onnx", "onnx/model_fp16.onnx", "config.json"),
                Set.of("onnx/model.onnx"),
                Optional.empty(),
                false,
                List.of());
        assertEquals(Set.of("config.json", "onnx/model.onnx"), sorted(cached.by(L4)));
    }

    @Test
    void weightsThatTheGraphNamesAreFoundBesideIt() {
        assertEquals(
                List.of("onnx/a.bin", "onnx/b"),
                HubFiles.beside(
                        "onnx/model.onnx",
                        List.of("a.bin", "./b", "../c", "/d", "gone"),
                        Set.of("onnx/a.bin", "onnx/b", "c", "d")));
    }
}
