package io.souffleur.clusterconfig.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.souffleur.clusterconfig.arch.House.CLASSES;

import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Libraries and platform powers stay in the rooms that own them. */
class ThirdPartyTest {
  @Test
  void pekkoStaysAtTheEdges() {
    onlyIn("org.apache.pekko..", "actors", "http", "cluster-config").check(CLASSES);
  }

  @Test
  void aeronStaysInTransport() {
    onlyIn("io.aeron..", "transport").check(CLASSES);
  }

  @Test
  void loggingStaysAboveTheLibraries() {
    onlyIn("io.micrometer..", "http").check(CLASSES);
    onlyIn("org.slf4j..", "actors", "http", "cluster-config").check(CLASSES);
  }

  @Test
  void nativeTokenizersStayInTokenizer() {
    onlyIn("ai.djl..", "tokenizer").check(CLASSES);
  }

  @Test
  void commandLineLibraryStaysInTheCompositionRoot() {
    onlyIn("picocli..", "cluster-config").check(CLASSES);
  }

  @Test
  void foreignFunctionsAreCalledInKernelsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(House.packageOf("kernels") + "..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Linker.class, SymbolLookup.class)
        .check(CLASSES);
  }

  @Test
  void nothingIsStaticAndMutable() {
    fields().that().areStatic().should().beFinal().check(CLASSES);
  }

  private static ArchRule onlyIn(String library, String... modules) {
    String[] homes =
        Stream.of(modules).map(House::packageOf).map(name -> name + "..").toArray(String[]::new);
    return noClasses()
        .that()
        .resideOutsideOfPackages(homes)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .allowEmptyShould(true);
  }
}
