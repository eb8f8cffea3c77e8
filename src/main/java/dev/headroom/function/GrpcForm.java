package dev.headroom.function;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** Tells gRPC's calls from what only says that it is one. */
public final class GrpcForm {

    private static final String TYPE = "application/grpc";

    private GrpcForm() {}

    /** Whether gRPC's server takes this; it speaks HTTP/2 alone, and anything else goes the way of other requests. */
    public static boolean isOf(HttpServerRequest request) {
        String type = request.getHeader("Content-Type");
        return request.version() == HttpVersion.HTTP_2
                && type != null
                && type.trim().regionMatches(true, 0, TYPE, 0, TYPE.length());
    }
}
