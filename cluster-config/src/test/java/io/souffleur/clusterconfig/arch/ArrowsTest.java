package io.souffleur.clusterconfig.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Imports between modules go down only, and only where the table of {@code ARCHITECTURE.md} allows. */
class ArrowsTest {
  /** Module to the packages, below our root, that it may import besides its own. */
  private static final Map<String, List<String>> MAY_IMPORT = Map.ofEntries(
      Map.entry("tensor", List.of()),
      Map.entry("tokenizer", List.of()),
      Map.entry("understudy", List.of()),
      Map.entry("multimodal", List.of("tensor")),
      Map.entry("contracts", List.of("tensor")),
      Map.entry("kernels", List.of("tensor")),
      Map.entry("models", List.of("contracts", "kernels", "tensor")),
      Map.entry("cache", List.of("contracts", "tensor")),
      Map.entry("transport", List.of("contracts", "tensor")),
      Map.entry("scheduler", List.of("contracts", "cache.book")),
      Map.entry(
          "shard", List.of("contracts", "models", "kernels", "cache.store", "transport", "tensor")),
      Map.entry(
          "actors",
          List.of(
              "scheduler",
              "shard",
              "cache",
              "transport",
              "tokenizer",
              "multimodal",
              "contracts",
              "tensor")),
      Map.entry("http", List.of("actors", "tokenizer", "contracts")));

  private static final String TOP = "cluster-config";

  @TestFactory
  Stream<DynamicTest> importsOnlyWhatTheTableAllows() {
    return MAY_IMPORT.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> dynamicTest(entry.getKey(), () -> check(entry.getKey(), entry.getValue())));
  }

  private static void check(String module, List<String> allowed) {
    String own = House.packageOf(module);
    classes()
        .that()
        .resideInAPackage(own + "..")
        .should()
        .onlyDependOnClassesThat(describe(
            "are outside our root, in " + module + " itself or in " + allowed,
            target -> !isIn(target, House.ROOT)
                || isIn(target, own)
                || allowed.stream().anyMatch(name -> isIn(target, House.ROOT + "." + name))))
        .allowEmptyShould(!House.hasSources(module))
        .check(House.CLASSES);
  }

  /** Arrays and nested types count as the type they are made of. */
  private static boolean isIn(JavaClass type, String packageName) {
    String name = type.getBaseComponentType().getPackageName();
    return name.equals(packageName) || name.startsWith(packageName + ".");
  }

  @Test
  void nobodyImportsTheCompositionRoot() {
    noClasses()
        .that()
        .resideOutsideOfPackage(House.packageOf(TOP) + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(House.packageOf(TOP) + "..")
        .check(House.CLASSES);
  }

  @Test
  void internalPackagesStayInsideTheirModule() {
    for (String module : House.modules()) {
      String own = House.packageOf(module);
      noClasses()
          .that()
          .resideOutsideOfPackage(own + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(own + "..internal..")
          .allowEmptyShould(true)
          .check(House.CLASSES);
    }
  }

  @Test
  void tableNamesEveryModule() {
    Set<String> named = new TreeSet<>(MAY_IMPORT.keySet());
    named.add(TOP);
    assertEquals(new TreeSet<>(House.modules()), named);
  }

  @Test
  void rulesSeeClassesOfEveryModuleThatHasSources() {
    for (String module : House.modules()) {
      boolean seen = House.CLASSES.stream().anyMatch(type -> isIn(type, House.packageOf(module)));
      assertTrue(
          seen || !House.hasSources(module),
          module + " has sources, but the rules see none of its classes");
    }
  }
}
