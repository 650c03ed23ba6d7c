package io.souffleur.clusterconfig.arch;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The production classes of every module, read once, and the modules as the root pom names them. */
final class House {
  static final String ROOT = "io.souffleur";

  /** Beside the house: test scope and top scope, seen by nobody and absent from the class path. */
  static final List<String> BESIDE = List.of("testkit", "benchmarks");

  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

  static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .withImportOption(location ->
          BESIDE.stream().noneMatch(name -> location.contains("/io/souffleur/" + name + "/")))
      .importPackages(ROOT);

  private House() {}

  /** {@code cluster-config} keeps its prescribed name, and a package name takes no dash. */
  static String packageOf(String module) {
    return ROOT + "." + module.replace("-", "");
  }

  static List<String> modules() {
    try {
      return MODULE
          .matcher(Files.readString(root().resolve("pom.xml")))
          .results()
          .map(match -> match.group(1))
          .filter(module -> !BESIDE.contains(module))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the module holds production Java at all; a module may carry resources only. */
  static boolean hasSources(String module) {
    try (Stream<Path> files = Files.walk(root().resolve(module).resolve("src/main/java"))) {
      return files.anyMatch(file -> {
        String name = file.getFileName().toString();
        return name.endsWith(".java") && !name.equals("package-info.java");
      });
    } catch (java.nio.file.NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Surefire runs each module's tests in the module's folder. */
  private static Path root() {
    return Path.of("").toAbsolutePath().getParent();
  }
}
