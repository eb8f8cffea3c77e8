package dev.headroom.benchmark;

import java.io.IOException;
import java.util.List;

/** The process of a {@link BareRoute}. */
final class BareRouteServer implements Server {

    private final JavaProcess process;
    private final int port;

    /** Starts one whose answers have so many bytes. */
    BareRouteServer(int answerBytes) throws IOException {
        process = new JavaProcess(List.of(), BareRoute.class, "" + answerBytes);
        port = Integer.parseInt(
                process.line(line -> line.startsWith(BareRoute.LISTENING)).substring(BareRoute.LISTENING.length()));
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public Batches batches() {
        return Batches.NONE;
    }

    @Override
    public void close() {
        process.close();
    }
}
