package dev.headroom.function.rerank;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.PendingAnswer;
import dev.headroom.function.Problem;
import dev.headroom.function.RunningRequest;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.serving.Pipelines;
import dev.headroom.task.NamedModel;
import jakarta.inject.Singleton;

/** Ranks documents by how well they match a query, for each path at which clients ask for it. */
@Singleton
public class DocumentRanking {

    private final Pipelines pipelines;
    private final InputReader reader;

    DocumentRanking(Pipelines pipelines, InputReader reader) {
        this.pipelines = pipelines;
        this.reader = reader;
    }

    /** True if the body is of this protocol, where text-embeddings-inference sends {@code texts} to the same path. */
    public static boolean asks(JsonNode body) {
        return body.has("documents") && !body.has("texts");
    }

    /**
     * Starts on a request.
     *
     * @param withDocuments true if the answer has the documents' texts where the request does not say
     * @throws RequestFailedException when it is no such request, or it is not admitted
     */
    public PendingAnswer<?> rank(JsonNode body, Urgency urgency, boolean withDocuments) {
        RerankRequest request = RerankRequest.read(body, reader);
        NamedModel model = pipelines.doing(TaskSpec.Rerank.class, request.model());
        RunningRequest running = request.pairs().run(model, request.options(), urgency);
        return PendingAnswer.of(
                running,
                running.answers()
                        .thenApply(answers -> RerankResponse.of(
                                Problem.newInstance(),
                                model.name(),
                                request.pairs(),
                                answers,
                                request.most(),
                                request.withDocuments().orElse(withDocuments))));
    }
}
