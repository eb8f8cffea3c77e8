package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisibleDevicesTest {

    private static final List<Gpu> MACHINE = List.of(
            gpu(0, "GPU-8932f937-d72c"),
            gpu(1, "GPU-8932aaaa-0000"),
            gpu(2, "MIG-c6d4f1ef-42e4"),
            gpu(2, "MIG-cba663e8-9bed"));

    @ParameterizedTest(name = "CUDA_VISIBLE_DEVICES={0} shows {1}")
    @CsvSource(
            delimiter = '|',
            nullValues = "unset",
            value = {
                "unset             | 8932f937 8932aaaa c6d4f1ef cba663e8",
                "0                 | 8932f937",
                "1,0               | 8932aaaa 8932f937",
                "' 1 , 0 '         | 8932aaaa 8932f937",
                "2                 | c6d4f1ef cba663e8",
                "GPU-8932f937-d72c | 8932f937",
                "GPU-8932f         | 8932f937",
                "MIG-cb,0          | cba663e8 8932f937",
                "GPU-8932          | ''",
                "8932f937          | ''",
                "0,7,1             | 8932f937",
                "0,-1,1            | 8932f937",
                "0,GPU-none,1      | 8932f937",
                "0,,1              | 8932f937",
                "1st               | 8932aaaa",
                "0,0               | ''",
                "0,GPU-8932f       | ''",
                "''                | ''",
                "none              | ''",
                "void              | ''",
                "-1                | ''",
                "NoDevFiles        | ''",
                "all               | ''"
            })
    void cudaShows(String cuda, String expected) {
        assertEquals(expected, shown(new VisibleDevices(cuda, null)));
    }

    @ParameterizedTest(name = "NVIDIA_VISIBLE_DEVICES={0} shows {1}")
    @CsvSource(
            delimiter = '|',
            nullValues = "unset",
            value = {
                "unset       | 8932f937 8932aaaa c6d4f1ef cba663e8",
                "all         | 8932f937 8932aaaa c6d4f1ef cba663e8",
                "1           | 8932aaaa",
                "1,0         | 8932f937 8932aaaa",
                "MIG-c6d4f1ef-42e4 | c6d4f1ef",
                "none        | ''",
                "void        | ''",
                "''          | ''"
            })
    void nvidiaShows(String nvidia, String expected) {
        assertEquals(expected, shown(new VisibleDevices(null, nvidia)));
    }

    @Test
    void bothHaveToShowADevice() {
        assertEquals("8932aaaa", shown(new VisibleDevices("1,0", "1")));
    }

    @Test
    void aDeviceHasTheNumberThatCudaGivesIt() {
        List<Gpu> gpus = new VisibleDevices("2,1,0", "0").pick(MACHINE).gpus();

        assertEquals(List.of(gpu(3, "GPU-8932f937-d72c")), gpus);
    }

    @Test
    void tellsWhatIsHiddenAndWhy() {
        assertEquals(
                List.of(
                        "CUDA_VISIBLE_DEVICES=0,7 hides 3 of 4 devices: it ends at \"7\", which is no device here",
                        "NVIDIA_VISIBLE_DEVICES=0,1 hides 2 of 4 devices"),
                new VisibleDevices("0,7", "0,1").pick(MACHINE).notes());
        assertEquals(List.of(), VisibleDevices.ALL.pick(MACHINE).notes());
    }

    private static String shown(VisibleDevices visible) {
        return String.join(
                " ",
                visible.pick(MACHINE).gpus().stream()
                        .map(gpu -> gpu.uuid().substring(4, 12))
                        .toList());
    }

    private static Gpu gpu(int index, String uuid) {
        return new Gpu(
                index, uuid, "NVIDIA L4", new GpuMemory(1, 1, 0), "8.9", "550", "12.4", uuid.startsWith("MIG"), false);
    }
}
