package dev.headroom.task.image;

import static java.lang.invoke.MethodType.methodType;

import com.twelvemonkeys.imageio.plugins.webp.vp8.VP8Frame;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.EnumMap;
import java.util.Map;

/** Reads the samples within TwelveMonkeys' decoder, which it does not give out; tests fail where it is of another version. */
final class Vp8Samples {

    private static final Map<YuvPlanes.Kind, MethodHandle> READERS = readers();

    private Vp8Samples() {}

    private static Map<YuvPlanes.Kind, MethodHandle> readers() {
        try {
            Lookup lookup = MethodHandles.privateLookupIn(VP8Frame.class, MethodHandles.lookup());
            String folder = VP8Frame.class.getPackageName() + '.';
            Class<?> block = lookup.findClass(folder + "MacroBlock");
            Class<?> part = lookup.findClass(folder + "SubBlock");
            MethodHandle blocks =
                    lookup.findVirtual(VP8Frame.class, "getMacroBlock", methodType(block, int.class, int.class));
            MethodHandle samples = lookup.findVirtual(part, "getDest", methodType(int[][].class));
            Map<YuvPlanes.Kind, MethodHandle> readers = new EnumMap<>(YuvPlanes.Kind.class);
            for (YuvPlanes.Kind kind : YuvPlanes.Kind.values()) {
                String name = "get" + kind.letter + "SubBlock";
                MethodHandle parts = lookup.findVirtual(block, name, methodType(part, int.class, int.class));
                MethodHandle ofBlock = MethodHandles.filterReturnValue(parts, samples);
                readers.put(kind, MethodHandles.collectArguments(ofBlock, 0, blocks));
            }
            return readers;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("TwelveMonkeys' WebP decoder is of another version than tested", e);
        }
    }

    /**
     * The samples of a part of four by four, by column and row.
     *
     * @param column the column of the block
     * @param row the row of the block
     * @param across the part's column in the block
     * @param down the part's row in the block
     */
    static int[][] of(YuvPlanes.Kind kind, VP8Frame frame, int column, int row, int across, int down) {
        try {
            return (int[][]) READERS.get(kind).invokeExact(frame, column, row, across, down);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
