package dev.headroom.function.access;

import dev.headroom.function.BrokenFraming;
import io.netty.handler.codec.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The bodies of requests that are arriving on one connection. Its event loop calls. */
final class IncomingBodies {

    private final List<IncomingBody> bodies = new ArrayList<>(1);

    /** The body of this request begins to arrive. */
    IncomingBody begin(RoutingContext context) {
        IncomingBody body = new IncomingBody(context, System.nanoTime());
        bodies.add(body);
        return body;
    }

    /** Refuses the request with this header for the framing of its body; false if it is none of these. */
    boolean refuse(HttpHeaders header) {
        for (IncomingBody body : bodies) {
            if (header(body.context()) == header) {
                body.refuse(BrokenFraming.FAILURE);
                return true;
            }
        }
        return false;
    }

    /** The header object that the decoder made; null in HTTP/2. */
    static HttpHeaders header(RoutingContext context) {
        return context.request().headers() instanceof HttpHeaders headers ? headers : null;
    }

    /** Stops the clock of a body that is not read for now. */
    void stop(RoutingContext context) {
        long now = System.nanoTime();
        bodies.replaceAll(body -> body.context() == context ? body.stop(now) : body);
    }

    /** Lets the clock of a body go on, because the body is read again. */
    void goOn(RoutingContext context) {
        long now = System.nanoTime();
        bodies.replaceAll(body -> body.context() == context ? body.goOn(now) : body);
    }

    /** The body of this request has arrived. */
    void end(RoutingContext context) {
        bodies.removeIf(body -> body.context() == context);
    }

    /** Forgets those that nothing more of will arrive. */
    void forgetEnded() {
        bodies.removeIf(IncomingBody::isOver);
    }

    /** Refuses the requests whose clocks started before this time. */
    void cut(long latestStart, Duration limit) {
        bodies.removeIf(body -> body.cut(latestStart, limit));
    }
}
