package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class GpuTest {

    @Test
    void looksLikeThisInGetPlan() throws JsonProcessingException {
        Gpu gpu = new Gpu(0, "GPU-0", " ", new GpuMemory(1000, 900, 100), "8.9", "550", "12.4", false, true);
        assertEquals("""
                {"index":0,"uuid":"GPU-0","name":"unnamed GPU","totalBytes":1000,"freeBytes":900,"usedByOthersBytes":100,\
                "computeCapability":"8.9","driverVersion":"550","cudaVersion":"12.4","mig":false,"unifiedMemory":true}""", new ObjectMapper().writeValueAsString(gpu));
    }
}
