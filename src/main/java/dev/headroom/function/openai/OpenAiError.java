package dev.headroom.function.openai;

import dev.headroom.function.Problem;
import dev.headroom.request.Failure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;

/**
 * A failure as OpenAI's clients read it, in an answer or in a stream.
 *
 * @param error what went wrong
 */
@RegisterForReflection
public record OpenAiError(Error error) {

    private static final int LONGEST_PARAM = 200;

    /** OpenAI's words for the statuses. */
    private static final Map<Integer, String> TYPES = Map.of(
            401, "authentication_error",
            403, "permission_error",
            429, "rate_limit_error");

    /**
     * The cause and the kind of a failure.
     *
     * @param message the cause and the remedy
     * @param type OpenAI's word for the status
     * @param param the request's field that is to blame; null where it is not known, or longer than a client shows
     * @param code the kind of failure, for programs
     */
    @RegisterForReflection
    public record Error(String message, String type, String param, String code) {}

    /** The error of a failure. */
    public static OpenAiError of(Failure failure, Problem problem) {
        int status = status(failure, problem);
        String type = TYPES.getOrDefault(status, status < 500 ? "invalid_request_error" : "server_error");
        return new OpenAiError(new Error(problem.detail(), type, param(failure), code(failure, problem)));
    }

    private static String param(Failure failure) {
        return failure.field().filter(field -> field.length() <= LONGEST_PARAM).orElse(null);
    }

    /** OpenAI's status of it. */
    static int status(Failure failure, Problem problem) {
        return failure instanceof Failure.TooLong ? 400 : problem.status();
    }

    /** The code by which OpenAI's clients tell failures apart. */
    private static String code(Failure failure, Problem problem) {
        return switch (failure) {
            case Failure.UnknownModel _ -> "model_not_found";
            case Failure.TooLong _ -> "context_length_exceeded";
            case Failure.Overloaded _ -> "rate_limit_exceeded";
            case Failure _ -> problem.code().replace('-', '_');
        };
    }
}
