package dev.headroom.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class SvgPlotTest {

    @Test
    void hasALineForEachSeriesAndATextForEachTick() throws Exception {
        SvgPlot plot = new SvgPlot(
                "Latency <ms>",
                Axis.at("callers", true, 1, 8, 128),
                Axis.fromZero("ms", 0.93),
                List.of(new SvgPlot.Line("p50", List.of(new SvgPlot.Spot(1, 0.5), new SvgPlot.Spot(128, 0.93)))));
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(plot.toString())));
        assertEquals(1, svg.getElementsByTagName("polyline").getLength());
        int ticks = 3 + 6;
        int others = 4;
        assertEquals(ticks + others, svg.getElementsByTagName("text").getLength());
    }

    @Test
    void anAxisFromZeroEndsAboveTheMost() {
        assertEquals(
                List.of(0.0, 50.0, 100.0, 150.0, 200.0),
                Axis.fromZero("ms", 193).ticks());
    }

    @Test
    void aLogarithmicAxisHasEqualRatiosAtEqualDistances() {
        Axis axis = Axis.decades("ms", 6, 190);
        assertEquals(List.of(5.0, 10.0, 20.0, 50.0, 100.0, 200.0), axis.ticks());
        assertEquals(axis.position(20) - axis.position(10), axis.position(200) - axis.position(100), 1e-9);
    }
}
