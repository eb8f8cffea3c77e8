package dev.headroom.function.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.JsonEndpoint;
import dev.headroom.function.PendingAnswer;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.request.Urgency;
import dev.headroom.settings.HeadroomConfig;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes handlers of paths that generate text, and answer with JSON or with a stream of events. */
@Singleton
public class GenerationEndpoint {

    private final JsonEndpoint endpoint;
    private final ObjectMapper json;
    private final StreamLimits limits;

    GenerationEndpoint(JsonEndpoint endpoint, ObjectMapper json, HeadroomConfig config) {
        this.endpoint = endpoint;
        this.json = json;
        this.limits = StreamLimits.of(config.input().readTimeout());
    }

    /** How a request is answered. */
    public sealed interface Reply {

        /** The texts that are to be generated. */
        Generation generation();

        /** By one JSON value, made of all sequences once they have ended. */
        record Whole(Generation generation, Function<List<EndedSequence>, ?> form) implements Reply {}

        /** By a stream of events. */
        record Stream(Generation generation, StreamForm form) implements Reply {}
    }

    /** A handler of a path whose requests are read like this, on failure with a RequestFailedException. */
    public Handler<RoutingContext> posted(BiFunction<JsonNode, Urgency, Reply> reading) {
        return endpoint.answered((body, urgency) -> answering(reading.apply(body, urgency)));
    }

    /** Starts the generation, and answers. */
    public Consumer<RoutingContext> answering(Reply reply) {
        return context -> start(context, reply);
    }

    private void start(RoutingContext context, Reply reply) {
        switch (reply) {
            case Reply.Whole whole -> answer(context, whole);
            case Reply.Stream stream -> stream(context, stream);
        }
    }

    /** The thread that tells of the last sequence runs the model: another one makes the answer. */
    private void answer(RoutingContext context, Reply.Whole reply) {
        WholeAnswer whole = new WholeAnswer(reply.generation.sequences().size());
        TextMemory memory = TextMemory.whole(RequestMemory.Share.of(context));
        RunningSequences running = RunningSequences.start(reply.generation, memory, whole);
        new PendingAnswer<>(
                        running::cancel,
                        whole.answer().<Object>thenApplyAsync(reply.form, Thread::startVirtualThread),
                        made -> Optional.empty())
                .write(context, endpoint.writer("application/json"));
    }

    private void stream(RoutingContext context, Reply.Stream reply) {
        TextMemory memory = TextMemory.stream(RequestMemory.Share.of(context));
        EventStream.Form form =
                new EventStream.Form(reply.form, reply.generation.sequences().size(), json, memory);
        EventStream events = EventStream.begin(context, form, limits);
        RequestEnd.follow(context, RunningSequences.start(reply.generation, memory, events)::cancel);
    }
}
