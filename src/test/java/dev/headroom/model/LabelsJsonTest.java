package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.model.Labels.Activation;
import dev.headroom.model.file.BrokenModelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelsJsonTest {

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static LabelsJson of(String config, String sentences) {
        return new LabelsJson(Path.of("m"), json(config), json(sentences));
    }

    private static LabelsJson of(String config) {
        return of(config, "{}");
    }

    private static List<SentenceModules.Module> modules(String modules) {
        return SentenceModules.of(Path.of("m"), json(modules)).orElseThrow().all();
    }

    private static String problem(Runnable reading) {
        return assertThrows(BrokenModelException.class, reading::run).getMessage();
    }

    @Test
    void labelsComeInTheOrderOfTheirNumbers() {
        assertEquals(
                List.of("a", "b", "c"),
                of("{'id2label': {'2': 'c', '0': 'a', '1': 'b'}}").names());
        assertEquals(
                List.of("a", "LABEL_1", "c"),
                of("{'id2label': {'2': 'c', '0': 'a'}}").names());
        assertEquals(List.of("a", "b"), of("{'id2label': ['a', 'b']}").names());
        assertEquals(
                List.of("LABEL_0", "LABEL_1", "LABEL_2"),
                of("{'num_labels': 3}").names());
        assertEquals(List.of(), of("{}").names());
        assertTrue(problem(() -> of("{'id2label': {'a': '0'}}").names())
                .startsWith("m: in config.json id2label has the key 'a'"));
    }

    @Test
    void theProblemNamesTheActivation() {
        assertEquals(
                Optional.of(Activation.NONE),
                of("{'problem_type': 'regression'}").activation());
        assertEquals(
                Optional.of(Activation.SIGMOID),
                of("{'problem_type': 'multi_label_classification'}").activation());
        assertEquals(
                Optional.of(Activation.SOFTMAX),
                of("{'problem_type': 'single_label_classification'}").activation());
        assertEquals(Optional.empty(), of("{'problem_type': null}").activation());
        assertTrue(problem(() -> of("{'problem_type': 'ordinal'}").activation())
                .contains("the problem_type ordinal, which is not served"));
    }

    @Test
    void theActivationOfACrossEncoderComesFirst() {
        String identity = "'torch.nn.modules.linear.Identity'";
        String sigmoid = "'torch.nn.modules.activation.Sigmoid'";
        assertEquals(
                Optional.of(Activation.NONE),
                of("{'sbert_ce_default_activation_function': %s}".formatted(identity))
                        .activation());
        assertEquals(
                Optional.of(Activation.SIGMOID),
                of("{'problem_type': 'regression', 'sentence_transformers': {'activation_fn': %s}}".formatted(sigmoid))
                        .activation());
        assertEquals(
                Optional.of(Activation.NONE),
                of(
                                "{'sentence_transformers': {'activation_fn': %s}}".formatted(sigmoid),
                                "{'activation_fn': %s}".formatted(identity))
                        .activation());
        assertTrue(problem(() -> of("{}", "{'activation_fn': 'my.Tanh'}").activation())
                .contains("the activation function my.Tanh"));
    }

    @Test
    void aCrossEncoderWithFurtherModulesOrAPromptIsRefused() {
        of("{}").checkPairs(modules("[{'type': 'sentence_transformers.base.modules.transformer.Transformer'}]"));
        assertTrue(problem(() -> of("{}").checkPairs(modules("[{'type': 'x.Transformer'}, {'type': 'x.LogitScore'}]")))
                .contains("the module LogitScore"));
        of("{}", "{'default_prompt_name': null, 'prompts': {}}").checkPairs(List.of());
        assertTrue(problem(() -> of("{}", "{'default_prompt_name': 'q', 'prompts': {'q': 'query: '}}")
                        .checkPairs(List.of()))
                .contains("default_prompt_name"));
    }
}
