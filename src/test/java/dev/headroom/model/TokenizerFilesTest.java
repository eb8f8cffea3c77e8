package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

    @TempDir
    Path folder;

    @Test
    void cutsTheSideThatIsStated() throws IOException {
        assertTrue(files(BERT, "{'truncation_side': 'left'}").cutsBeginning());
        assertFalse(files(BERT, "{'truncation_side': 'right'}").cutsBeginning());
        assertFalse(files(BERT, "{}").cutsBeginning());
    }

    @Test
    void refusesTokensThatTheLibraryAdds() throws IOException {
        String added = BERT.replace("\"added_tokens\": []", "\"added_tokens\": [{\"id\": 0, \"content\": \"<a>\"}]");
        String both = "{'tokenizer_class': 'LlamaTokenizer', 'added_tokens_decoder': {'0': {'content': '<a>'}}}";
        accepts(added, both);
        refuses(BERT, both, "added_tokens_decoder has the token '<a>', which added_tokens in tokenizer.json lacks");
        accepts(added, "{'tokenizer_class': 'LlamaTokenizer', 'added_tokens_decoder': {}}");
    }

    @Test
    void refusesToSplitSpecialTokensInTexts() throws IOException {
        refuses(BERT, "{'tokenizer_class': 'X', 'split_special_tokens': true}", "split_special_tokens is true");
        accepts(BERT, "{'tokenizer_class': 'X', 'split_special_tokens': false}");
    }

    @Test
    void refusesOtherLettersThanTheLibraryReads() throws IOException {
        refuses(
                BERT,
                "{'tokenizer_class': 'BertTokenizer', 'do_lower_case': true}",
                "do_lower_case is true, and lowercase");
        refuses(BERT, "{'do_lower_case': true}", "in tokenizer.json is false");
        refuses(
                BERT,
                "{'tokenizer_class': 'BertTokenizer', 'do_lower_case': false, 'strip_accents': true}",
                "strip_accents is true");
        refuses(
                BERT,
                "{'tokenizer_class': 'BertTokenizerFast', 'do_lower_case': false, 'tokenize_chinese_chars': false}",
                "handle_chinese_chars");
        accepts(BERT, "{'tokenizer_class': 'BertTokenizer', 'do_lower_case': false, 'strip_accents': null}");
        accepts(BERT, "{'tokenizer_class': 'MPNetTokenizer', 'do_lower_case': false, 'tokenize_chinese_chars': true}");
    }

    @Test
    void comparesWithWhatANamedClassTakesWhereTheFieldIsMissing() throws IOException {
        refuses(
                BERT,
                "{'tokenizer_class': 'DistilBertTokenizer'}",
                "do_lower_case is missing, which counts as true, and lowercase in tokenizer.json is false");
        refuses(
                BERT.replace("\"strip_accents\": null", "\"strip_accents\": true"),
                "{'tokenizer_class': 'BertTokenizer', 'do_lower_case': false, 'strip_accents': null}",
                "strip_accents is missing, which counts as false");
        refuses(
                ROBERTA.replace("false", "true"),
                "{'tokenizer_class': 'RobertaTokenizerFast'}",
                "add_prefix_space is missing, which counts as false");
        accepts(ROBERTA, "{'tokenizer_class': 'RobertaTokenizer'}");
        accepts(BERT, "{}");
    }

    @Test
    void takesAccentsForStrippedWhereLettersAreLoweredAndNothingElseIsSaid() throws IOException {
        String uncased = BERT.replace("\"lowercase\": false", "\"lowercase\": true");
        accepts(uncased, "{'tokenizer_class': 'BertTokenizer', 'do_lower_case': true, 'strip_accents': true}");
        accepts(uncased, "{'tokenizer_class': 'BertTokenizer'}");
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
    void refusesOtherTokensAroundATextThanTheLibraryPuts() throws IOException {
        String framed = BERT.replace(
                "\"single\": [{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}]",
                "\"single\": [{\"SpecialToken\": {\"id\": \"[CLS]\", \"type_id\": 0}}, {\"Sequence\": {\"id\": \"A\", \"type_id\": 0}},"
                        + " {\"SpecialToken\": {\"id\": \"[SEP]\", \"type_id\": 0}}]");
        String cased = "{'tokenizer_class': 'BertTokenizer', 'do_lower_case': false, ";
        refuses(
                framed,
                cased + "'sep_token': '[MASK]'}",
                "sep_token is [MASK], and the token behind a text in tokenizer.json is [SEP]");
        refuses(framed, cased + "'cls_token': {'content': '<s>'}}", "cls_token is <s>, and the token before a text");
        refuses(BERT, cased + "'sep_token': '[SEP]'}", "behind a text in tokenizer.json is missing");
        accepts(framed, cased + "'sep_token': {'content': '[SEP]'}, 'cls_token': '[CLS]', 'bos_token': '<s>'}");
        accepts(framed, "{'tokenizer_class': 'PreTrainedTokenizerFast', 'sep_token': '[MASK]'}");
    }

    @Test
    void readsTheTokensAroundATextInEveryFormOfProcessor() throws IOException {
        String framed = ROBERTA.replace(
                "{\"type\": \"RobertaProcessing\"}",
                "{\"type\": \"RobertaProcessing\", \"sep\": [\"</s>\", 2], \"cls\": [\"<s>\", 0]}");
        String listed = framed.replace(
                        "\"post_processor\": {", "\"post_processor\": {\"processors\": [{\"type\": \"ByteLevel\"}, {")
                .replace("0]}", "0]}]}");
        for (String form : List.of(framed, listed)) {
            accepts(form, "{'tokenizer_class': 'RobertaTokenizer', 'sep_token': '</s>', 'cls_token': '<s>'}");
            refuses(form, "{'tokenizer_class': 'RobertaTokenizer', 'sep_token': '<s>'}", "sep_token is <s>");
            accepts(form, "{'tokenizer_class': 'GPT2Tokenizer', 'sep_token': '<s>'}");
        }
    }

    @Test
    void leavesClassesAloneThatTakeTheFileAsItIs() throws IOException {
        accepts(BERT, "{'tokenizer_class': 'PreTrainedTokenizerFast', 'do_lower_case': true}");
        accepts(BERT, "{'tokenizer_class': 'HerbertTokenizerFast', 'do_lower_case': true}");
        accepts(ROBERTA, "{'tokenizer_class': 'TokenizersBackend', 'add_prefix_space': true}");
    }

    @Test
    void leavesAFileThatIsNotThereToTheTokeniser() {
        new TokenizerFiles(folder, folder.resolve("none.json"), new ObjectMapper().missingNode()).check();
    }

    private void accepts(String tokenizer, String config) throws IOException {
        TokenizerFiles files = files(tokenizer, config);
        assertDoesNotThrow(files::check);
    }

    private void refuses(String tokenizer, String config, String reason) throws IOException {
        String message = assertThrows(BrokenModelException.class, files(tokenizer, config)::check)
                .getMessage();
        assertTrue(message.contains(reason), message);
    }

    private TokenizerFiles files(String tokenizer, String config) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), tokenizer);
        return new TokenizerFiles(folder, file, new ObjectMapper().readTree(config.replace('\'', '"')));
    }
}
