package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFilesTest {

    private static final String BERT = """
            {"added_tokens": [], "normalizer": {"type": "BertNormalizer", "lowercase": false,
              "handle_chinese_chars": true, "strip_accents": null}, "pre_tokenizer": {"type": "BertPreTokenizer"},
             "post_processor": {"type": "TemplateProcessing",
              "single": [{"Sequence": {"id": "A", "type_id": 0}}],
              "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]}, "model": {}}
            """;

    private static final String ROBERTA = """
            {"normalizer": null, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
             "post_processor": {"type": "RobertaProcessing"}, "model": {}}
            """;

    private static final String TYPES = "token_type_ids";

    @TempDir
    Path folder;

    @Test
    void refusesToCutTheEndsOfTextsThatShallLoseTheirBeginnings() throws IOException {
        refuses(BERT, "{'truncation_side': 'left'}", "truncation_side is left");
        accepts(BERT, "{'truncation_side': 'right'}");
    }

    @Test
    void refusesOtherLettersThanTheLibraryReads() throws IOException {
        refuses(
                BERT,
                "{'tokenizer_class': 'BertTokenizer', 'do_lower_case': true}",
                "do_lower_case is true, and lowercase");
        refuses(BERT, "{'do_lower_case': true}", "in tokenizer.json is false");
        refuses(BERT, "{'tokenizer_class': 'BertTokenizer', 'strip_accents': true}", "strip_accents is true");
        refuses(BERT, "{'tokenizer_class': 'BertTokenizer', 'tokenize_chinese_chars': false}", "handle_chinese_chars");
        accepts(BERT, "{'tokenizer_class': 'BertTokenizer', 'do_lower_case': false, 'strip_accents': null}");
        accepts(BERT, "{'tokenizer_class': 'BertTokenizer', 'strip_accents': false, 'tokenize_chinese_chars': true}");
    }

    @Test
    void takesAccentsForStrippedWhereLettersAreLoweredAndNothingElseIsSaid() throws IOException {
        String uncased = BERT.replace("\"lowercase\": false", "\"lowercase\": true");
        accepts(uncased, "{'tokenizer_class': 'BertTokenizer', 'do_lower_case': true, 'strip_accents': true}");
        refuses(
                uncased,
                "{'tokenizer_class': 'BertTokenizer', 'do_lower_case': true, 'strip_accents': false}",
                "strip_accents");
    }

    @Test
    void refusesAnotherSpaceBeforeTheTextThanTheLibraryPuts() throws IOException {
        refuses(
                ROBERTA,
                "{'tokenizer_class': 'RobertaTokenizer', 'add_prefix_space': true}",
                "add_prefix_space is true");
        accepts(ROBERTA, "{'tokenizer_class': 'RobertaTokenizer', 'add_prefix_space': false}");
    }

    @Test
    void leavesClassesAloneThatTakeTheFileAsItIs() throws IOException {
        accepts(BERT, "{'tokenizer_class': 'PreTrainedTokenizerFast', 'do_lower_case': true}");
        accepts(ROBERTA, "{'tokenizer_class': 'TokenizersBackend', 'add_prefix_space': true}");
    }

    @Test
    void refusesTypesOfTokensThatTheLibraryLeavesOut() throws IOException {
        String without = "{'model_input_names': ['input_ids', 'attention_mask']}";
        refuses(BERT, without, "model_input_names leaves out token_type_ids");
        refuses(BERT.replace("TemplateProcessing", "BertProcessing"), without, "model_input_names");
        refuses(sequence(BERT), without, "model_input_names");
        accepts(ROBERTA, without);
        accepts(BERT, "{'model_input_names': ['input_ids', 'token_type_ids', 'attention_mask']}");
        assertDoesNotThrow(() -> files(BERT, without).check(List.of("input_ids"), true), "the graph reads no types");
        assertDoesNotThrow(() -> files(BERT, without).check(List.of(TYPES), false), "single texts have the type 0");
    }

    @Test
    void readsFoldersWithOneFileOfTheTwo() throws IOException {
        accepts(BERT, "{}");
        TokenizerFiles none = new TokenizerFiles(folder.resolve("none.json"), new ObjectMapper().missingNode());
        assertDoesNotThrow(() -> none.check(List.of(TYPES), true));
    }

    private static String sequence(String file) {
        return file.replace("\"post_processor\": {", "\"post_processor\": {\"type\": \"Sequence\", \"processors\": [{")
                .replace("}, \"model\"", "}]}, \"model\"");
    }

    private void accepts(String tokenizer, String config) throws IOException {
        TokenizerFiles files = files(tokenizer, config);
        assertDoesNotThrow(() -> files.check(List.of("input_ids", TYPES), true));
    }

    private void refuses(String tokenizer, String config, String reason) throws IOException {
        TokenizerFiles files = files(tokenizer, config);
        String message = assertThrows(BrokenModelException.class, () -> files.check(List.of("input_ids", TYPES), true))
                .getMessage();
        assertTrue(message.contains(reason), message);
    }

    private TokenizerFiles files(String tokenizer, String config) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), tokenizer);
        return new TokenizerFiles(file, new ObjectMapper().readTree(config.replace('\'', '"')));
    }
}
