package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.device.NativeFunction;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What a native image is told of calls from C and into C, against the libraries themselves. */
class ReachabilityTest {

    private static final String FILE = "META-INF/native-image/dev.headroom/headroom/reachability-metadata.json";

    private static final Map<String, Class<?>> PRIMITIVES =
            Map.of("int", int.class, "long", long.class, "boolean", boolean.class);

    private final JsonNode file = new ObjectMapper().readTree(bytes(FILE));

    ReachabilityTest() throws IOException {}

    @Test
    void whatItNamesIsThere() {
        for (JsonNode entry : file.path("reflection")) {
            Class<?> type = type(entry.path("type").textValue());
            constructors(entry).forEach(parameters -> {
                MethodType signature = MethodType.methodType(void.class, parameters);
                assertDoesNotThrow(
                        () -> type.getDeclaredConstructor(signature.parameterArray()), type + " " + signature);
            });
            methods(entry, false).forEach(method -> {
                MethodType signature = MethodType.methodType(void.class, parameters(method));
                String name = method.path("name").textValue();
                assertDoesNotThrow(
                        () -> type.getDeclaredMethod(name, signature.parameterArray()), type + " " + name + signature);
            });
        }
        for (JsonNode resource : file.path("resources")) {
            String name = resource.path("glob").textValue().replaceFirst("/\\*$", ""); // the folder of a glob
            assertNotNull(resource(name), resource.toString());
        }
    }

    /** The JNI library looks classes up by these names, and constructors by these signatures. */
    @Test
    void everyClassThatOnnxRuntimesLibraryNamesIsInIt() throws IOException {
        String library = text("ai/onnxruntime/native/linux-x64/libonnxruntime4j_jni.so");
        Set<String> classes = found(library, "(?<=\0)(ai/onnxruntime/\\w+|java/\\w+/\\w+)(?=\0)");
        assertTrue(classes.size() > 10, classes.toString());
        assertEquals(Set.of(), without(classes, typeNames()));

        Set<String> signatures = found(library, "(?<=\0)\\([\\w/;\\[]*\\)V(?=\0)");
        assertTrue(signatures.size() > 8, signatures.toString());
        Set<String> known = entries("ai.onnxruntime.")
                .flatMap(entry -> constructors(entry).stream())
                .map(parameters -> MethodType.methodType(void.class, parameters).toMethodDescriptorString())
                .collect(Collectors.toSet());
        assertEquals(Set.of(), without(signatures, known));
    }

    /** Rust's texts have no end: a name may run on into the next. */
    @Test
    void everyClassThatTheTokenizersLibraryNamesIsInIt() throws IOException {
        Set<String> classes =
                found(text("native/lib/linux-x86_64/cpu/libtokenizers.so"), "(ai/djl|java/lang)/[\\w/]+[a-z]");
        assertTrue(classes.size() > 2, classes.toString());
        Set<String> known = typeNames();
        classes.removeIf(name -> known.stream().anyMatch(name::startsWith));
        assertEquals(Set.of(), classes);
    }

    /** All are called by one handle, whose first parameter is the function. */
    @Test
    void everyCallIntoCIsInIt() throws ReflectiveOperationException {
        Field call = NativeFunction.class.getDeclaredField("CALL");
        call.setAccessible(true);
        MethodType type = ((MethodHandle) call.get(null)).type().dropParameterTypes(0, 1);
        String signature = "j" + type.returnType()
                + type.parameterList().stream()
                        .map(parameter -> "j" + parameter)
                        .toList();
        assertEquals(Set.of(signature), downcalls());
    }

    /** NVML's functions as the library of the tests has them: pointers, and numbers of the size of an int. */
    @Test
    void everyFunctionOfNvmlCanBeCalledLikeThat() throws IOException {
        List<String> functions = Pattern.compile("(?m)^(?:const char \\*|nvmlReturn_t )nvml\\w+\\(([^)]*)\\)")
                .matcher(text("device/vgpu/nvml.c"))
                .results()
                .map(function -> function.group(1))
                .toList();
        assertTrue(functions.size() > 7, functions.toString());
        functions.forEach(parameters -> {
            assertTrue(parameters.split(",").length <= 8, parameters);
            assertFalse(parameters.matches(".*\\b(float|double|struct)\\b.*"), parameters);
        });
    }

    private Set<String> downcalls() {
        return elements(file.at("/foreign/downcalls"))
                .map(call -> call.path("returnType").textValue()
                        + elements(call.path("parameterTypes"))
                                .map(JsonNode::textValue)
                                .toList())
                .collect(Collectors.toSet());
    }

    private Set<String> typeNames() {
        return entries("")
                .map(entry -> entry.path("type").textValue().replace('.', '/'))
                .collect(Collectors.toSet());
    }

    private Stream<JsonNode> entries(String beginning) {
        return elements(file.path("reflection"))
                .filter(entry -> entry.path("type").textValue().startsWith(beginning));
    }

    private static List<List<Class<?>>> constructors(JsonNode entry) {
        return methods(entry, true).map(ReachabilityTest::parameters).toList();
    }

    private static Stream<JsonNode> methods(JsonNode entry, boolean constructors) {
        return elements(entry.path("methods"))
                .filter(method -> method.path("name").textValue().equals("<init>") == constructors);
    }

    private static List<Class<?>> parameters(JsonNode method) {
        return elements(method.path("parameterTypes"))
                .<Class<?>>map(parameter -> type(parameter.textValue()))
                .toList();
    }

    private static Class<?> type(String name) {
        if (name.endsWith("[]")) {
            return type(name.substring(0, name.length() - 2)).arrayType();
        }
        return PRIMITIVES.containsKey(name)
                ? PRIMITIVES.get(name)
                : assertDoesNotThrow(() -> Class.forName(name, false, ReachabilityTest.class.getClassLoader()));
    }

    private static Set<String> found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> without(Set<String> all, Set<String> known) {
        return all.stream().filter(one -> !known.contains(one)).collect(Collectors.toSet());
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static String text(String resource) throws IOException {
        return new String(bytes(resource), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream content = resource(resource)) {
            return content.readAllBytes();
        }
    }

    private static InputStream resource(String name) {
        return ReachabilityTest.class.getClassLoader().getResourceAsStream(name);
    }
}
