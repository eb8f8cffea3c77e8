package dev.headroom.serving;

import static dev.headroom.measured.Calibrations.ran;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.Calibrations;
import dev.headroom.measured.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CalibrationReportTest {

    private static List<String> lines(Calibration measured) {
        return CalibrationReport.of(CalibrationStatus.MEASURED, Optional.of(measured))
                .text()
                .lines()
                .toList();
    }

    @Test
    void showsTheBatchesTheMemoryModelAndItsCheck() {
        Calibration measured =
                Calibrations.of(90, ran(1, 32, 3, 92), ran(16, 32, 12, 122), ran(128, 512, 2500), ran(1, 512, 40, 122));
        assertEquals(
                List.of(
                        "",
                        "  batch  length  elements  memory     time        items/s",
                        "      1      32        32   92.0 MiB     3.00 ms  333.3",
                        "     16      32       512  122.0 MiB    12.00 ms  1333.3",
                        "      1     512       512  122.0 MiB    40.00 ms  25.0",
                        "    128     512     65536             2500.00 ms  51.2",
                        "  memory = 90.0 MiB + rows x (65536 x length + 0.00 x length^2) bytes",
                        "  checked with a batch of 1 x 512 not fitted to: predicted 122.0 MiB, took 122.0 MiB"),
                lines(measured));
    }

    @Test
    void isSilentWhereNothingWasMeasured() {
        CalibrationReport pending = CalibrationReport.of(CalibrationStatus.PENDING, Optional.empty());
        assertEquals("", pending.text());
        assertEquals(List.of(), pending.table());
        assertEquals(Optional.empty(), pending.at());
    }

    @Test
    void saysNothingOfMemoryThatNobodyTold() {
        List<String> lines = lines(Calibrations.of(0, ran(1, 32, 3)));
        assertEquals(3, lines.size(), lines::toString);
    }

    @Test
    void fitsATerminalWhateverWasMeasured() {
        Sample most = new Sample(1 << 20, 1 << 20, OptionalLong.of(Sample.MOST_BYTES), Duration.ofDays(1));
        Sample least = new Sample(1, 1, OptionalLong.of(Sample.MOST_BYTES - 1), Duration.ZERO);
        Sample longest = new Sample(1, 1L << 40, OptionalLong.of(1023L << 40), Duration.ofNanos(1));
        for (List<Sample> samples : List.of(List.of(most, least, longest), List.of(most), List.of(longest, least))) {
            Calibration measured = Calibrations.of(1023L << 20, samples.toArray(Sample[]::new));
            lines(measured).forEach(line -> assertTrue(line.length() <= 100, () -> line.length() + ":" + line));
        }
    }

    @Test
    void roundsWhatGetPlanShows() {
        CalibrationReport report = CalibrationReport.of(
                CalibrationStatus.STORED,
                Optional.of(Calibrations.of(0, new Sample(3, 32, OptionalLong.empty(), Duration.ofNanos(1_234_567)))));
        assertEquals(List.of(new CalibrationReport.Line(3, 32, 96, Optional.empty(), 1.23, 2430.0)), report.table());
    }
}
