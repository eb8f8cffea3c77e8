package dev.headroom.function;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/** Refuses requests whose method a path does not serve. */
public final class AllowedMethod {

    private AllowedMethod() {}

    /**
     * Checks that a request has the one method that its path serves; HEAD is served where GET is.
     *
     * @throws RequestFailedException when it has another
     */
    public static void check(RoutingContext context, HttpMethod allowed) {
        check(context, allowed, context.request().path());
    }

    /**
     * Does the same with another subject than the path.
     *
     * @param subject the start of the message
     */
    public static void check(RoutingContext context, HttpMethod allowed, String subject) {
        HttpMethod method = context.request().method();
        if (method != allowed && !(allowed == HttpMethod.GET && method == HttpMethod.HEAD)) {
            context.response().putHeader("Allow", allowed.name());
            throw new RequestFailedException(
                    new Failure.WrongMethod("%s is answered to %s only.".formatted(subject, allowed)));
        }
    }
}
