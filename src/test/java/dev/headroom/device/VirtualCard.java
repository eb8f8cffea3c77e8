package dev.headroom.device;

import java.util.stream.IntStream;

/** A card of a virtual GPU, or a MIG slice of one, as all processes share it. Any thread may call, at any time. */
public final class VirtualCard {

    private static final long MIB = 1 << 20;
    private static final int HOLDERS = 64;
    private static final int CO_TENANT = 0;
    private static final int CO_TENANT_PID = 4711;
    private static final int HANGS = -1;

    private final VirtualGpuState state;
    private final int index;

    VirtualCard(VirtualGpuState state, int index) {
        this.state = state;
        this.index = index;
    }

    /** Makes another process hold this much of the card from now on, whether or not it fits. */
    public void coTenant(long mib) {
        tenant(CO_TENANT, CO_TENANT_PID, mib * MIB);
    }

    /** Makes another process hold all of the card's memory that is free now but for this much. */
    public void leaveFree(long mib) {
        long taken = tenantBytes() + freeBytes() - mib * MIB;
        tenant(CO_TENANT, CO_TENANT_PID, Math.max(0, taken));
    }

    /** Makes up one of four processes; -1 bytes are unknown ones. */
    void tenant(int tenant, int pid, long bytes) {
        state.set(pid, "cards", index, "tenants", tenant, "pid");
        state.set(bytes, "cards", index, "tenants", tenant, "bytes");
    }

    /** Makes a launch fail after so many more, with an error of CUDA's that poisons the process's context: 700, 719. */
    public void failAfter(int launches, int error) {
        plan(launches, 1, error);
    }

    /** Makes one launch fail after so many more, with an error that does not stay: 701. */
    public void failOnceAfter(int launches, int error) {
        plan(launches, 0, error);
    }

    /** Makes every call of the process hang that launches next after so many more, until {@link #goOn}. */
    public void hangAfter(int launches) {
        plan(launches, 1, HANGS);
    }

    private void plan(int launches, int stays, int error) {
        set("fault_after", launches);
        set("fault_stays", stays);
        set("fault", error);
    }

    /** Ends what {@link #hangAfter} began. */
    public void goOn() {
        IntStream.range(0, HOLDERS)
                .filter(holder -> get(holder, "lost") == HANGS)
                .forEach(holder -> state.set(0, "cards", index, "holders", holder, "lost"));
    }

    /** Makes the card one that has fallen off the bus. */
    void fallOffTheBus() {
        set("lost", 1);
    }

    /** Makes NVML tell more free memory than there is. */
    void tellNonsense() {
        set("nonsense", 1);
    }

    void uuid(String uuid) {
        state.setText(uuid, "cards", index, "uuid");
    }

    /** Sets a slice's place among its card's. */
    void place(int place) {
        set("slice", place);
    }

    /** Kernels and products launched by all processes. */
    public long launches() {
        return get("launches");
    }

    /** Allocations that did not fit. */
    public long refusedAllocations() {
        return get("refused");
    }

    /** Allocations that fitted. */
    public long allocations() {
        return get("allocations");
    }

    public long copiesToDevice() {
        return get("copies_in");
    }

    public long bytesToDevice() {
        return get("bytes_in");
    }

    public long copiesToHost() {
        return get("copies_out");
    }

    public long bytesToHost() {
        return get("bytes_out");
    }

    /** Calls that waited for the card. */
    public long waits() {
        return get("waits");
    }

    /** CUDA graphs that are instantiated and not destroyed. */
    public long graphs() {
        return get("graphs");
    }

    /** Launches of CUDA graphs, which {@link #launches} counts too. */
    public long graphLaunches() {
        return get("graph_launches");
    }

    /** Calls that CUDA forbids while a stream is captured, and that spoilt a capture. */
    public long spoiltCaptures() {
        return get("spoilt");
    }

    /** Bytes that no process and no driver holds. */
    public long freeBytes() {
        long held = IntStream.range(0, HOLDERS)
                .mapToLong(holder -> get(holder, "bytes"))
                .sum();
        return Math.max(0, get("total") - get("reserved") - held - tenantBytes());
    }

    private long tenantBytes() {
        return state.get("cards", index, "tenants", CO_TENANT, "bytes");
    }

    /** Bytes of the card that a process holds, its context included. */
    public long heldBytes(long pid) {
        return of(pid, "bytes");
    }

    /** The most bytes of the card that a process has held, also when it has ended. */
    public long peakBytes(long pid) {
        return of(pid, "peak");
    }

    /** Bytes of page-locked host memory that a process has allocated for the card. */
    public long pageLockedBytes(long pid) {
        return of(pid, "page_locked");
    }

    /** The most that these have been. */
    public long pageLockedPeakBytes(long pid) {
        return of(pid, "page_locked_peak");
    }

    /** The error that poisoned the context of a process; 0 if none did. */
    public long error(long pid) {
        return of(pid, "lost");
    }

    private long of(long pid, String field) {
        return IntStream.range(0, HOLDERS)
                .filter(holder -> get(holder, "pid") == pid)
                .mapToLong(holder -> get(holder, field))
                .findFirst()
                .orElse(0);
    }

    private long get(int holder, String field) {
        return state.get("cards", index, "holders", holder, field);
    }

    private long get(String field) {
        return state.get("cards", index, field);
    }

    private void set(String field, long value) {
        state.set(value, "cards", index, field);
    }
}
