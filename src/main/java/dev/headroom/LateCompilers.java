package dev.headroom;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jboss.logging.Logger;

/**
 * HotSpot's compilers, which the image's {@code java.args} hold back in the start, because there they would only take
 * processor time from what the first answer needs. The first compiles at twenty times its thresholds; those of the second are
 * reached by no method. A method that the training run had compiled needs no threshold: it is compiled as soon as its counter
 * asks. That it does after 2,048 calls by the interpreter and after 65,536 by the first compiler's code (2 to the power
 * {@code NotifyFreqLog}), instead of 128 and 2,048.
 *
 * <p>HotSpot reads these flags while it runs, but lets nobody change them. So they are written where they lie. One thread may
 * do so at a time.
 */
final class LateCompilers {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final long NEVER = 1_000_000_000;

    /** A method takes these over with its first call. */
    private static final Map<String, Flag> OF_NEW_METHODS = Map.of(
            "Tier0InvokeNotifyFreqLog", new Flag(11, 7),
            "Tier0BackedgeNotifyFreqLog", new Flag(13, 10));

    private static final Map<String, Flag> OF_ALL_METHODS = Map.of(
            "Tier2InvokeNotifyFreqLog", new Flag(16, 11),
            "Tier2BackedgeNotifyFreqLog", new Flag(16, 14),
            "Tier3InvocationThreshold", new Flag(4_000, 200),
            "Tier3MinInvocationThreshold", new Flag(2_000, 100),
            "Tier3CompileThreshold", new Flag(40_000, 2_000),
            "Tier4InvocationThreshold", new Flag(NEVER, 5_000),
            "Tier4MinInvocationThreshold", new Flag(NEVER, 600),
            "Tier4CompileThreshold", new Flag(NEVER, 15_000),
            "Tier4BackEdgeThreshold", new Flag(NEVER, 40_000));

    private final Map<String, MemorySegment> flags;

    /**
     * A threshold of HotSpot's, or the binary logarithm of the calls between two looks at the thresholds.
     *
     * @param held in {@code java.args}
     * @param usual by default
     */
    private record Flag(long held, long usual) {}

    /** Finds them. Where there are none, as in another JVM, the methods do nothing. */
    LateCompilers() {
        this.flags = find();
    }

    private static Map<String, MemorySegment> find() {
        try {
            return HotSpotFlags.named("Tier");
        } catch (NoSuchElementException | IllegalArgumentException e) {
            LOG.debug("The thresholds of the compilers were not found", e);
            return Map.of();
        }
    }

    /** Has them look from now on at methods that are called for the first time, as usual: those of the first requests. */
    void heedNewMethods() {
        reset(OF_NEW_METHODS);
    }

    /** Lets them compile as usual from now on. */
    void release() {
        heedNewMethods();
        reset(OF_ALL_METHODS);
    }

    /** Flags that are not those of the image are the operator's, and stay. */
    private void reset(Map<String, Flag> held) {
        held.forEach((name, flag) -> {
            MemorySegment value = flags.get(name);
            if (value != null && value.get(JAVA_LONG, 0) == flag.held()) {
                value.set(JAVA_LONG, 0, flag.usual());
            }
        });
    }
}
