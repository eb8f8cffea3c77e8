package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudaBuildTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "7.5, none",
                "8.9, none",
                "9.0, none",
                "12.1, none",
                "'', none",
                "unknown, none",
                "6.1, Only the build with -Pgpu has machine code for compute capability 6.1.",
                "7.0, Only the build with -Pgpu has machine code for compute capability 7.0.",
                "10.0, Only the build with -Pcuda13 has machine code for compute capability 10.0.",
                "10.3, Only the build with -Pcuda13 has machine code for compute capability 10.3.",
                "11.0, No build has machine code for compute capability 11.0: it would serve on the CPU.",
                "5.2, No build has machine code for compute capability 5.2: it would serve on the CPU.",
            })
    void tellsWhichBuildAGpuNeeds(String capability, String remark) {
        assertEquals(remark, CudaBuild.remark(capability).orElse(null));
    }
}
