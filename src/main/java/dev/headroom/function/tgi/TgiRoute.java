package dev.headroom.function.tgi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.Door;
import dev.headroom.function.Doors;
import dev.headroom.function.InputReader;
import dev.headroom.function.Problem;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.generate.Generation;
import dev.headroom.function.generate.GenerationEndpoint;
import dev.headroom.function.generate.GenerationEndpoint.Reply;
import dev.headroom.function.generate.NamedTextModels;
import dev.headroom.generation.TextModel;
import dev.headroom.request.Failure;
import dev.headroom.request.Urgency;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.Consumer;

/** {@code /generate} and {@code /generate_stream}, as clients of Hugging Face's text-generation-inference ask for them. */
@Singleton
@Priority(Doors.BY_WHOLE_PATH)
public class TgiRoute implements Door {

    private static final String WHOLE = "/generate";
    private static final String STREAM = "/generate_stream";

    private final GenerationEndpoint endpoint;
    private final NamedTextModels models;
    private final InputReader reader;

    TgiRoute(GenerationEndpoint endpoint, NamedTextModels models, InputReader reader) {
        this.endpoint = endpoint;
        this.models = models;
        this.reader = reader;
    }

    void route(@Observes Router router) {
        router.route(WHOLE).handler(endpoint.posted(this::whole));
        router.route(STREAM).handler(endpoint.posted(this::stream));
    }

    @Override
    public String name() {
        return "tgi";
    }

    @Override
    public boolean takes(HttpServerRequest request, String path) {
        return path.equals(WHOLE) || path.equals(STREAM);
    }

    @Override
    public void write(HttpServerResponse response, Failure failure, Problem problem) {
        Door.send(response, problem.status(), "application/json", JsonObject.mapFrom(TgiError.of(problem)));
    }

    private Reply whole(JsonNode body, Urgency urgency) {
        TgiForm form = whole(TgiRequest.read(body, reader), urgency);
        return new Reply.Whole(form.generation(), form::whole);
    }

    private Reply stream(JsonNode body, Urgency urgency) {
        TgiForm form = form(TgiRequest.read(body, reader), true, urgency);
        return new Reply.Stream(form.generation(), new TgiStream(form));
    }

    /**
     * Answers a request to the server's address without a path: by a stream where it says so, else by a list of one text, as TGI does.
     *
     * @throws dev.headroom.request.RequestFailedException when it is no such request
     */
    public Consumer<RoutingContext> atRoot(JsonNode body, Urgency urgency) {
        if (JsonFields.among(body, List.of("inputs", "parameters"))
                .flag("stream")
                .orElse(false)) {
            return endpoint.answering(stream(body, urgency));
        }
        TgiForm form = whole(TgiRequest.read(body, reader), urgency);
        return endpoint.answering(new Reply.Whole(form.generation(), sequences -> List.of(form.whole(sequences))));
    }

    private TgiForm whole(TgiRequest request, Urgency urgency) {
        return form(request, request.extras().details(), urgency);
    }

    private TgiForm form(TgiRequest request, boolean tellsTokens, Urgency urgency) {
        TextModel model = models.named(request.model());
        Generation generation = request.generation(model, tellsTokens, urgency);
        return new TgiForm(generation, request);
    }
}
