package dev.headroom.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The settings in docs/settings.md are those of HeadroomConfig and of the groups in it. {@code -Dsettings.update} writes them. */
class SettingsDocumentTest {

    private static final Path SOURCES = Path.of("src/main/java/dev/headroom/settings");
    private static final String GROUP = "Config";
    private static final Path DOCUMENT = Path.of("docs/settings.md");
    private static final String BEGIN = "<!-- Generated from HeadroomConfig -->\n";
    private static final String END = "<!-- End of the generated part -->\n";
    private static final String UNLESS_SET = "unless set, ";

    private DocTrees comments;
    private final Map<String, TreePath> groups = new HashMap<>();

    @Test
    void isUpToDate() throws IOException {
        String document = Files.readString(DOCUMENT);
        int begin = document.indexOf(BEGIN) + BEGIN.length();
        String expected = document.substring(0, begin) + generated() + document.substring(document.indexOf(END));
        if (System.getProperty("settings.update") != null) {
            Files.writeString(DOCUMENT, expected);
        } else {
            assertEquals(expected, document, "run this test with -Dsettings.update");
        }
    }

    @Test
    void namesEverySettingOfQuarkusThatIsChecked() throws IOException {
        String document = Files.readString(DOCUMENT);
        SettingRules.ALL.stream()
                .map(SettingRule::name)
                .filter(name -> name.startsWith("quarkus."))
                .forEach(name -> assertTrue(document.contains("`" + name + "`"), name));
    }

    private String generated() throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask) compiler.getTask(null, files, null, null, null, files.getJavaFileObjects(sources()));
            comments = DocTrees.instance(task);
            for (var unit : task.parse()) {
                ClassTree type = (ClassTree) unit.getTypeDecls().getFirst();
                groups.put(type.getSimpleName().toString(), new TreePath(new TreePath(unit), type));
            }
            return section("headroom", groups.get("HeadroomConfig"));
        }
    }

    private static Path[] sources() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(GROUP + ".java"))
                    .toArray(Path[]::new);
        }
    }

    /** The table of a group's settings, and the sections of the groups in it. */
    private String section(String name, TreePath group) {
        StringBuilder rows = new StringBuilder("\n| setting | meaning | unless set |\n| --- | --- | --- |\n");
        StringBuilder sections = new StringBuilder();
        for (TreePath member : methods(group)) {
            MethodTree method = (MethodTree) member.getLeaf();
            String type = method.getReturnType().toString();
            if (groups.containsKey(type)) {
                String title = type.substring(0, type.length() - GROUP.length());
                sections.append("\n## %s\n\n%s\n".formatted(title, meaning(member)))
                        .append(section(name + "." + dashed(method), groups.get(type)));
            } else {
                rows.append(row(name + "." + dashed(method), member));
            }
        }
        return rows.append(sections).toString();
    }

    private static List<TreePath> methods(TreePath group) {
        return ((ClassTree) group.getLeaf())
                .getMembers().stream()
                        .filter(MethodTree.class::isInstance)
                        .map(member -> new TreePath(group, member))
                        .toList();
    }

    private static String dashed(MethodTree method) {
        Optional<String> written = annotated(method, "WithName");
        return written.isPresent() ? written.get().replace("\"", "") : dashedName(method);
    }

    private static Optional<String> annotated(MethodTree method, String annotation) {
        return method.getModifiers().getAnnotations().stream()
                .filter(one -> one.getAnnotationType().toString().equals(annotation))
                .map(one -> one.getArguments().getFirst().toString())
                .findFirst();
    }

    private static String dashedName(MethodTree method) {
        return method.getName().toString().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private String row(String name, TreePath setting) {
        String variable = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        return "| `%s`<br>`%s` | %s | %s |\n".formatted(name, variable, meaning(setting), unlessSet(setting));
    }

    private String meaning(TreePath member) {
        return text(comments.getDocCommentTree(member).getFullBody().stream());
    }

    private String unlessSet(TreePath setting) {
        Optional<String> always = annotated((MethodTree) setting.getLeaf(), "WithDefault");
        if (always.isPresent()) {
            return always.get().replace('"', '`');
        }
        String text = text(comments.getDocCommentTree(setting).getBlockTags().stream()
                .flatMap(tag -> ((ReturnTree) tag).getDescription().stream()));
        assertTrue(text.startsWith(UNLESS_SET), setting.getLeaf() + " needs @return " + UNLESS_SET + "...");
        return text.substring(UNLESS_SET.length());
    }

    private static String text(Stream<? extends DocTree> comment) {
        return comment.map(part -> part instanceof LiteralTree code ? "`" + code.getBody() + "`" : part.toString())
                .collect(Collectors.joining())
                .replaceAll("\\s+", " ")
                .strip();
    }
}
