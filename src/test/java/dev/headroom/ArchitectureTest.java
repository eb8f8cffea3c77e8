package dev.headroom;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import java.util.stream.Stream;

/** Imports run one way, from the process at the top to the device at the bottom. */
@AnalyzeClasses(packages = "dev.headroom", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** The packages, each of which knows only those after it. */
    private static final List<String> FLOORS = List.of(
            "function",
            "forecast",
            "half",
            "serving",
            "generation",
            "task",
            "batch",
            "calibration",
            "gate",
            "request",
            "session",
            "template",
            "tensor",
            "model",
            "plan",
            "measured",
            "hub",
            "settings",
            "device");

    @ArchTest
    static final ArchRule IMPORTS_RUN_ONE_WAY = floors();

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.headroom.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_PLANNER_IS_PURE = ArchRuleDefinition.noClasses()
            .that(resideInAPackage("dev.headroom.plan"))
            .should()
            .dependOnClassesThat(resideInAPackage("java.util.concurrent.."))
            .orShould()
            .dependOnClassesThat(resideInAPackage("java.nio.file.."))
            .orShould()
            .dependOnClassesThat(resideInAPackage("org.jboss.logging.."));

    @ArchTest
    static final ArchRule UNI_STAYS_AT_THE_EDGE = ArchRuleDefinition.noClasses()
            .that(resideInAnyPackage(
                    FLOORS.stream().skip(1).map("dev.headroom.%s.."::formatted).toArray(String[]::new)))
            .should()
            .dependOnClassesThat(resideInAPackage("io.smallrye.mutiny.."))
            .orShould()
            .dependOnClassesThat(resideInAPackage("io.vertx.."));

    private static LayeredArchitecture floors() {
        LayeredArchitecture house = layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("process")
                .definedBy("dev.headroom");
        for (String floor : FLOORS) {
            house = house.layer(floor).definedBy("dev.headroom." + floor + "..");
        }
        house = house.whereLayer("process").mayNotBeAccessedByAnyLayer();
        for (int i = 0; i < FLOORS.size(); i++) {
            String[] above = Stream.concat(Stream.of("process"), FLOORS.stream().limit(i))
                    .toArray(String[]::new);
            house = house.whereLayer(FLOORS.get(i)).mayOnlyBeAccessedByLayers(above);
        }
        return house;
    }
}
