package dev.headroom.batch;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.concurrent.atomic.LongAdder;

/** Loads the project's classes anew, so that each counts the locks that it takes: monitors and {@code ReentrantLock}s. */
public final class LockCounting extends ClassLoader {

    /** The locks that were taken. */
    static final LongAdder TAKEN = new LongAdder();

    private static final String COUNTER = LockCounting.class.getName();

    LockCounting(ClassLoader parent) {
        super(parent);
    }

    /** Called by the classes that count. */
    public static void taken() {
        TAKEN.increment();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            boolean counts = name.startsWith("dev.headroom.") && !name.equals(COUNTER);
            if (loaded == null && counts) {
                byte[] code = counting(name);
                loaded = defineClass(name, code, 0, code.length);
            }
            return loaded == null ? super.loadClass(name, resolve) : loaded;
        }
    }

    private byte[] counting(String name) throws ClassNotFoundException {
        try (InputStream original = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            ClassFile file = ClassFile.of();
            return file.transformClass(
                    file.parse(original.readAllBytes()), ClassTransform.transformingMethods((method, element) -> {
                        if (element instanceof CodeModel code) {
                            boolean monitor = synchronizes(code.parent().orElseThrow());
                            method.transformCode(code, counting(monitor));
                        } else {
                            method.with(element);
                        }
                    }));
        } catch (IOException | NullPointerException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static boolean synchronizes(MethodModel method) {
        return method.flags().has(AccessFlag.SYNCHRONIZED);
    }

    private static CodeTransform counting(boolean monitor) {
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder code) {
                if (monitor) {
                    count(code);
                }
            }

            @Override
            public void accept(CodeBuilder code, CodeElement element) {
                if (element instanceof MonitorInstruction enter && enter.opcode() == Opcode.MONITORENTER
                        || element instanceof InvokeInstruction call && locks(call)) {
                    count(code);
                }
                code.with(element);
            }
        };
    }

    private static boolean locks(InvokeInstruction call) {
        return call.owner().asInternalName().equals("java/util/concurrent/locks/ReentrantLock")
                && (call.name().equalsString("lock")
                        || call.name().equalsString("lockInterruptibly")
                        || call.name().equalsString("tryLock"));
    }

    private static void count(CodeBuilder code) {
        code.invokestatic(ClassDesc.of(COUNTER), "taken", MethodTypeDesc.ofDescriptor("()V"));
    }
}
