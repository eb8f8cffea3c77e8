package dev.headroom.function;

import io.quarkus.arc.All;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;

/** All doors, of which each request belongs to one. */
@Singleton
public class Doors {

    /** The priority of doors that find their requests by headers; the others, which go by the path, come after them. */
    public static final int BY_HEADER = 100;

    /** The priority of doors that know each whole path; those that take all below one come after them. */
    public static final int BY_WHOLE_PATH = 50;

    private static final Door OPERATORS = new OperatorDoor();

    private final List<Door> doors;

    public Doors(@All List<Door> doors) {
        this.doors = doors;
    }

    /** The door of a request, which is found once by its head. */
    public Door of(RoutingContext context) {
        Door known = context.get(Door.class.getName());
        if (known != null) {
            return known;
        }
        String path = path(context);
        Door door = find(context.request(), path);
        turn(context, door);
        return door;
    }

    /** The request belongs to this door from now on, as its body says. */
    public static void turn(RoutingContext context, Door door) {
        context.put(Door.class.getName(), door);
    }

    private Door find(HttpServerRequest request, String path) {
        for (Door door : doors) {
            if (door.takes(request, path)) {
                return door;
            }
        }
        return OPERATORS;
    }

    /** The path as the router matches it, however the caller spelled it, without a slash at the end. */
    public static String path(RoutingContext context) {
        String path = context.request().path() == null ? "" : context.normalizedPath();
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** The body's media type in lower case, without its parameters; empty where there is none. */
    public static String mediaType(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type == null ? "" : mediaType(type);
    }

    /** The media type of a content type in lower case, without its parameters. */
    public static String mediaType(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    }
}
