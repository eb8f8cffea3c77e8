package dev.headroom.model.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.file.CheckedJson;
import dev.headroom.model.image.PreprocessorConfig.Extent;
import dev.headroom.model.image.PreprocessorConfig.Resize;
import java.util.Optional;

/**
 * The steps of an image processor that change a picture's size.
 *
 * @param json the processor's settings
 * @param type its type, such as ViT; some types resize in a way of their own
 */
record ImageResizing(CheckedJson json, String type) {

    /** From this edge on ConvNext scales without cropping. */
    private static final int CONVNEXT_UNCROPPED = 384;

    /** LeViT's ratio of the size to which it scales to the size that it names. */
    private static final double LEVIT = 256.0 / 224;

    /** The scaling; empty if there is none. */
    Optional<Resize> resize() {
        if (!json.flag("do_resize", false)) {
            return Optional.empty();
        }
        Resize named = named();
        return Optional.of(
                switch (type) {
                    case "ConvNext" -> byShare(shortestEdge(named));
                    case "Levit" -> named instanceof Resize.ShortestEdge(int edge) ? shortest(LEVIT * edge) : named;
                    case "PoolFormer" -> json.has("crop_pct") ? widened(named) : named;
                    case "Perceiver" -> json.flag("do_center_crop", false) ? croppedFirst(exact(named)) : named;
                    case "DPT" -> multiple(exact(named));
                    case "" ->
                        json.has("crop_pct") && named instanceof Resize.ShortestEdge edge ? byShare(edge) : named;
                    default -> named;
                });
    }

    /** The part that is kept after the scaling; empty if all is. */
    Optional<Extent> crop() {
        if (type.equals("Perceiver")) {
            return Optional.empty();
        }
        boolean byShare =
                json.flag("do_resize", false) && (type.equals("ConvNext") || type.isEmpty() && json.has("crop_pct"));
        if (byShare && named() instanceof Resize.ShortestEdge(int edge)) {
            return Optional.of(new Extent(edge, edge));
        }
        boolean asked = json.flag("do_center_crop", false);
        if (asked && json.flag("keep_aspect_ratio", false)) {
            throw json.broken(
                    "do_center_crop", "is not served together with keep_aspect_ratio; set one of them to false");
        }
        return asked ? Optional.of(fields().extent("crop_size")) : Optional.empty();
    }

    /** The filter that scales. */
    Resampling resampling() {
        if (!json.flag("do_resize", false)) {
            return Resampling.NEAREST;
        }
        double code = json.number("resample");
        if (code != (int) code || code < 0 || code >= Resampling.values().length) {
            throw json.broken("resample", "is %s; set it to one of Pillow's filters, 0 to 5".formatted(code));
        }
        return Resampling.values()[(int) code];
    }

    private ImageFields fields() {
        return new ImageFields(json);
    }

    /** The scaling that the size names, whatever the type makes of it. */
    private Resize named() {
        JsonNode size = json.value("size");
        for (String other : new String[] {"longest_edge", "max_height", "max_width"}) {
            if (size.has(other)) {
                throw json.broken(
                        "size",
                        "holds %s, which is not served; give height and width, or shortest_edge".formatted(other));
            }
        }
        if (size.has("shortest_edge") && (size.has("height") || size.has("width"))) {
            throw json.broken(
                    "size", "gives shortest_edge beside height or width; keep one of the two ways to give a size");
        }
        boolean one = size.isNumber() && !json.flag("default_to_square", false);
        if (size.has("shortest_edge") || one) {
            return new Resize.ShortestEdge(fields().edge("size", one ? size : size.get("shortest_edge")));
        }
        Extent exact = fields().extent("size");
        return type.isEmpty() && json.flag("keep_aspect_ratio", false)
                ? new Resize.Line(exact)
                : new Resize.Exact(exact);
    }

    private Resize.ShortestEdge shortestEdge(Resize named) {
        if (named instanceof Resize.ShortestEdge edge) {
            return edge;
        }
        throw json.broken(
                "size",
                "gives a height and a width, and %sImageProcessor takes a shortest_edge; set that".formatted(type));
    }

    private Extent exact(Resize named) {
        if (named instanceof Resize.Exact(Extent size)) {
            return size;
        }
        throw json.broken(
                "size", "gives one edge, and %sImageProcessor takes a height and a width; set both".formatted(type));
    }

    /** Scales to a larger size than is kept. */
    private Resize byShare(Resize.ShortestEdge edge) {
        return edge.pixels() < CONVNEXT_UNCROPPED
                ? shortest(edge.pixels() / cropShare())
                : new Resize.Exact(new Extent(edge.pixels(), edge.pixels()));
    }

    private Resize widened(Resize named) {
        double share = cropShare();
        return switch (named) {
            case Resize.Exact(Extent size)
            when size.width() != size.height() ->
                new Resize.Exact(new Extent((int) (size.width() / share), (int) (size.height() / share)));
            case Resize.Exact(Extent size) -> shortest(size.height() / share);
            case Resize.ShortestEdge(int edge) -> shortest(edge / share);
            default -> named;
        };
    }

    private Resize croppedFirst(Extent size) {
        Extent whole = fields().extent("crop_size");
        if (whole.width() < size.width() || whole.height() < size.height()) {
            throw json.broken(
                    "crop_size", "is smaller than size, so that pictures would get a border; set it to at least size");
        }
        return new Resize.CroppedFirst(
                (double) size.width() / whole.width(), (double) size.height() / whole.height(), size);
    }

    private Resize multiple(Extent size) {
        int step = fields().edge("ensure_multiple_of", json.value("ensure_multiple_of"));
        return new Resize.Exact(new Extent(rounded(size.width(), step), rounded(size.height(), step)));
    }

    private int rounded(int edge, int step) {
        if (edge % step * 2 == step) {
            throw json.broken(
                    "ensure_multiple_of",
                    "is %d, and size lies in the middle of two multiples; set size to a multiple".formatted(step));
        }
        return (int) Math.rint((double) edge / step) * step;
    }

    private static Resize shortest(double edge) {
        return new Resize.ShortestEdge((int) edge);
    }

    private double cropShare() {
        double share = json.number("crop_pct");
        if (share < 0.1 || share > 1) {
            throw json.broken("crop_pct", "is %s; set it to a share from 0.1 to 1".formatted(share));
        }
        return share;
    }
}
