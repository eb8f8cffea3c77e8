package dev.headroom.function.page;

import dev.headroom.function.Door;
import dev.headroom.function.Doors;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PageMode;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.Priority;
import jakarta.inject.Singleton;

/**
 * The page and its files. They hold nothing of this service, so that no key is needed; all that they show they ask for
 * with the key that its reader types.
 */
@Singleton
@Priority(Doors.BY_WHOLE_PATH)
class PageDoor implements Door {

    /** The path below which the files are. */
    static final String FILES = "/page/";

    private final boolean open;

    PageDoor(HeadroomConfig config) {
        this.open = config.page() == PageMode.ON;
    }

    /** True if the page is served. */
    boolean isOpen() {
        return open;
    }

    @Override
    public String name() {
        return "page";
    }

    @Override
    public boolean takes(HttpServerRequest request, String path) {
        return open && (path.startsWith(FILES) || path.equals("/") && isRead(request.method()));
    }

    /** Whatever else is sent to the root is for other doors. */
    private static boolean isRead(HttpMethod method) {
        return method == HttpMethod.GET || method == HttpMethod.HEAD;
    }

    @Override
    public boolean infers(String path) {
        return false;
    }

    @Override
    public boolean isOpenToAll(String path) {
        return true;
    }

    @Override
    public boolean isForOperators(String path) {
        return true;
    }
}
