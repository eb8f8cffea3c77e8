package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder's templates are chosen as transformers chooses them. */
class ChatFilesTest {

    @TempDir
    Path folder;

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void assertTemplates(String usual, String withTools) {
        ChatFiles files = ChatFiles.of(folder, new HuggingFaceFolder(folder));
        assertEquals(Optional.ofNullable(usual), files.template());
        assertEquals(Optional.ofNullable(withTools), files.toolTemplate());
    }

    @Test
    void oneTemplateIsForAllConversations() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": \"a\", \"bos_token\": {\"content\": \"<s>\"}}");
        assertTemplates("a", null);
        assertEquals(
                Map.of("bos_token", "<s>"),
                ChatFiles.of(folder, new HuggingFaceFolder(folder)).tokens());
    }

    @Test
    void ofSeveralTheDefaultAndTheOneForToolsAreTaken() throws IOException {
        write(
                "tokenizer_config.json",
                "{\"chat_template\": [{\"name\": \"default\", \"template\": \"a\"}, {\"name\": \"rag\", \"template\": \"b\"}, {\"name\": \"tool_use\", \"template\": \"c\"}]}");
        assertTemplates("a", "c");
        write("tokenizer_config.json", "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"c\"}]}");
        assertTemplates(null, "c");
    }

    @Test
    void filesOfTheirOwnGoBeforeTheConfig() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": \"a\"}");
        write("chat_template.jinja", "d");
        assertTemplates("d", null);
        write("additional_chat_templates/tool_use.jinja", "e");
        write("additional_chat_templates/rag.jinja", "f");
        assertTemplates("d", "e");
    }

    @Test
    void aFolderMayHaveNone() {
        assertTemplates(null, null);
    }
}
