package dev.headroom.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The settings in docs/settings.md are those of HeadroomConfig. {@code -Dsettings.update} writes them. */
class SettingsDocumentTest {

    private static final Path SOURCE = Path.of("src/main/java/dev/headroom/settings/HeadroomConfig.java");
    private static final Path DOCUMENT = Path.of("docs/settings.md");
    private static final String BEGIN = "<!-- Generated from HeadroomConfig -->\n";
    private static final String END = "<!-- End of the generated part -->\n";
    private static final String UNLESS_SET = "unless set, ";

    private DocTrees comments;
    private TreePath root;

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
            var source = files.getJavaFileObjects(SOURCE);
            JavacTask task = (JavacTask) compiler.getTask(null, files, null, null, null, source);
            comments = DocTrees.instance(task);
            var unit = task.parse().iterator().next();
            root = new TreePath(new TreePath(unit), unit.getTypeDecls().getFirst());
            return section("headroom", root);
        }
    }

    /** The table of a group's settings, and the sections of the groups in it. */
    private String section(String name, TreePath group) {
        StringBuilder rows = new StringBuilder("\n| setting | meaning | unless set |\n| --- | --- | --- |\n");
        StringBuilder sections = new StringBuilder();
        for (TreePath member : members(group, MethodTree.class)) {
            MethodTree method = (MethodTree) member.getLeaf();
            Optional<TreePath> nested = members(root, ClassTree.class).stream()
                    .filter(type ->
                            simpleName(type).equals(method.getReturnType().toString()))
                    .findFirst();
            nested.ifPresentOrElse(
                    type -> sections.append("\n## %s\n\n%s\n".formatted(simpleName(type), meaning(member)))
                            .append(section(name + "." + dashed(method), type)),
                    () -> rows.append(row(name + "." + dashed(method), member)));
        }
        return rows.append(sections).toString();
    }

    private static List<TreePath> members(TreePath owner, Class<? extends Tree> kind) {
        return ((ClassTree) owner.getLeaf())
                .getMembers().stream()
                        .filter(kind::isInstance)
                        .map(member -> new TreePath(owner, member))
                        .toList();
    }

    private static String simpleName(TreePath type) {
        return ((ClassTree) type.getLeaf()).getSimpleName().toString();
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
