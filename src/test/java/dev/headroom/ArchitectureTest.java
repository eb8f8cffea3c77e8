package dev.headroom;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** Imports run one way: function, task, batch, model; and plan, device. */
@AnalyzeClasses(packages = "dev.headroom", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule IMPORTS_RUN_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("bootstrap")
            .definedBy("dev.headroom")
            .layer("function")
            .definedBy("dev.headroom.function..")
            .layer("task")
            .definedBy("dev.headroom.task..")
            .layer("batch")
            .definedBy("dev.headroom.batch..")
            .layer("model")
            .definedBy("dev.headroom.model..")
            .layer("plan")
            .definedBy("dev.headroom.plan..")
            .layer("device")
            .definedBy("dev.headroom.device..")
            .whereLayer("bootstrap")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("function")
            .mayOnlyBeAccessedByLayers("bootstrap")
            .whereLayer("task")
            .mayOnlyBeAccessedByLayers("bootstrap", "function")
            .whereLayer("batch")
            .mayOnlyBeAccessedByLayers("bootstrap", "function", "task")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("bootstrap", "function", "task", "batch")
            .whereLayer("plan")
            .mayOnlyBeAccessedByLayers("bootstrap", "function", "task", "batch", "model")
            .whereLayer("device")
            .mayOnlyBeAccessedByLayers("bootstrap", "plan");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.headroom.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule UNI_STAYS_AT_THE_EDGE = ArchRuleDefinition.noClasses()
            .that(resideInAPackage("dev.headroom.(task|batch|model|plan|device).."))
            .should()
            .dependOnClassesThat(resideInAPackage("io.smallrye.mutiny.."))
            .orShould()
            .dependOnClassesThat(resideInAPackage("io.vertx.."));
}
