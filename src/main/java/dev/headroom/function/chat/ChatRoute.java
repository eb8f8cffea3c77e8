package dev.headroom.function.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.generate.Generation;
import dev.headroom.function.generate.GenerationEndpoint;
import dev.headroom.function.generate.GenerationEndpoint.Reply;
import dev.headroom.function.generate.NamedTextModels;
import dev.headroom.function.generate.Prompts;
import dev.headroom.function.openai.OpenAiPaths;
import dev.headroom.generation.TextModel;
import dev.headroom.request.Urgency;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** {@code /v1/chat/completions} and {@code /v1/completions}, as OpenAI's clients ask for them. */
@Singleton
class ChatRoute {

    private final GenerationEndpoint endpoint;
    private final NamedTextModels models;
    private final InputReader reader;

    ChatRoute(GenerationEndpoint endpoint, NamedTextModels models, InputReader reader) {
        this.endpoint = endpoint;
        this.models = models;
        this.reader = reader;
    }

    void route(@Observes Router router) {
        router.route(OpenAiPaths.CHAT).handler(endpoint.posted(this::chat));
        router.route(OpenAiPaths.COMPLETIONS).handler(endpoint.posted(this::complete));
    }

    private Reply chat(JsonNode body, Urgency urgency) {
        ChatRequest request = ChatRequest.read(body, reader);
        TextModel model = models.named(request.model());
        Generation generation = request.generation(model, urgency);
        boolean logprobs = request.tellsLogprobs();
        if (request.streaming().on()) {
            return new Reply.Stream(generation, new ChatStream(generation, request.streaming(), logprobs));
        }
        AnswerHead head = AnswerHead.chat(generation);
        return new Reply.Whole(generation, sequences -> ChatAnswer.of(head, generation, sequences, logprobs));
    }

    private Reply complete(JsonNode body, Urgency urgency) {
        CompletionRequest request = CompletionRequest.read(body, reader);
        TextModel model = models.named(request.model());
        Prompts prompts = request.prompts(model);
        Generation generation = prompts.generation(request.wish(model, prompts), urgency);
        CompletionForm form = new CompletionForm(generation, request);
        return request.streaming().on() ? new Reply.Stream(generation, form) : new Reply.Whole(generation, form::whole);
    }
}
