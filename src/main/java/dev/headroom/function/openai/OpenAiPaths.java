package dev.headroom.function.openai;

import java.util.Set;

/** The paths of OpenAI's API that ask for inference. */
public final class OpenAiPaths {

    /** Answers a conversation. */
    public static final String CHAT = "/v1/chat/completions";

    /** Continues a text. */
    public static final String COMPLETIONS = "/v1/completions";

    /** Embeds texts. */
    static final String EMBEDDINGS = "/v1/embeddings";

    static final Set<String> INFERENCE = Set.of(CHAT, COMPLETIONS, EMBEDDINGS);

    private OpenAiPaths() {}
}
