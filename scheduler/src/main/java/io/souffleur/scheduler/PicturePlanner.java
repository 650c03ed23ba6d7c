package io.souffleur.scheduler;

import io.souffleur.cache.book.FeatureBook;
import io.souffleur.cache.book.FeatureBook.Features;
import io.souffleur.contracts.request.Picture;
import io.souffleur.contracts.step.LevelCells;
import io.souffleur.contracts.step.PatchEncode;
import io.souffleur.contracts.step.StepPlan;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Sees to it that features are there before the rows that take them: encodes what a step needs within a
 * budget of patches, and ends a run before the first row whose features cannot be there.
 *
 * <p>Only what a run of the same step takes is encoded, so a step that encodes has rows, and whoever
 * crashes a rank by a picture is found as by any other row. Owned by the engine loop.
 */
final class PicturePlanner {
  /** Patch images that follow each other in one picture, encoded by the step in flight. */
  private record Order(Features features, Picture picture, int from, int to, long offset) {
    Order longer() {
      return new Order(features, picture, from, to + 1, offset);
    }

    boolean has(Features other, int image) {
      return features == other && image >= from && image < to;
    }

    boolean endsBefore(Features other, int image) {
      return features == other && image == to;
    }
  }

  private final Eyes eyes;
  private final FeatureBook book;
  private final PictureKeys keys = new PictureKeys();
  private final List<Order> orders = new ArrayList<>();
  private int patchesPlanned;
  private int imagesPlanned;
  private int cell = LevelCells.NONE;

  PicturePlanner(Eyes eyes) {
    this.eyes = eyes;
    book = new FeatureBook(eyes.featureRows());
  }

  FeatureBook book() {
    return book;
  }

  /** Puts keys in the place of the tokens that take features. */
  void key(Sequence sequence) {
    SequencePictures pictures = sequence.pictures();
    for (int i = 0; i < pictures.count(); i++) {
      Picture picture = pictures.picture(i);
      int key = keys.of(picture.hash());
      for (int image = 0; image < picture.images(); image++) {
        int first = picture.positions()[image];
        Arrays.fill(sequence.tokens(), first, first + picture.tokens(image), key);
      }
    }
  }

  /** Plans rows by {@code batch}, cuts them to what can be seen, and returns the rows of the step. */
  int plan(BatchPolicy batch, RunQueue queue, long step) {
    int rows = cut(queue, batch.plan(queue, step));
    if (rows > 0 || queue.runningCount() == 0 || book.readers() == 0) {
      return rows;
    }
    // Whoever may run needs rows that those hold who may not. They get theirs again later.
    for (int i = 0; i < queue.runningCount(); i++) {
      release(queue.running(i));
    }
    return cut(queue, batch.plan(queue, step));
  }

  /** In the order of service. */
  private int cut(RunQueue queue, int rows) {
    orders.clear();
    patchesPlanned = 0;
    imagesPlanned = 0;
    int left = rows;
    for (int i = 0; i < queue.runningCount(); i++) {
      Sequence sequence = queue.running(i);
      int planned = sequence.plannedRows();
      if (planned > 0 && sequence.pictures().count() > 0) {
        int end = reach(sequence, sequence.computed() + planned);
        sequence.plan(end - sequence.computed());
        left -= planned - sequence.plannedRows();
      }
    }
    return left;
  }

  /** Position at which the run ends, at most {@code wanted}. */
  private int reach(Sequence sequence, int wanted) {
    SequencePictures pictures = sequence.pictures();
    int computed = sequence.computed();
    for (int i = 0; i < pictures.count(); i++) {
      Picture picture = pictures.picture(i);
      if (picture.end() <= computed || picture.positions()[0] >= wanted) {
        continue;
      }
      for (int image = 0; image < picture.images(); image++) {
        int first = picture.positions()[image];
        boolean needed = first < wanted && first + picture.tokens(image) > computed;
        if (needed && !sees(pictures, i, image)) {
          return Math.max(first, computed);
        }
      }
    }
    return wanted;
  }

  /** Whether the features are there, or will be when the step's runs begin. */
  private boolean sees(SequencePictures pictures, int index, int image) {
    Optional<Features> acquired = pictures.acquire(index, book);
    if (acquired.isEmpty()) {
      return false;
    }
    Features features = acquired.get();
    return features.encoded(image)
        || ordered(features, image)
        || order(features, pictures.picture(index), image);
  }

  private boolean ordered(Features features, int image) {
    for (int i = 0; i < orders.size(); i++) {
      if (orders.get(i).has(features, image)) {
        return true;
      }
    }
    return false;
  }

  private boolean order(Features features, Picture picture, int image) {
    int patches = picture.patches(image);
    boolean extendsLast = !orders.isEmpty() && orders.getLast().endsBefore(features, image);
    if (patches > eyes.stepPatches() - patchesPlanned
        || imagesPlanned == PatchEncode.PLAN_IMAGES_MAX
        || (!extendsLast && orders.size() == PatchEncode.PLAN_MAX)) {
      return false;
    }
    if (extendsLast) {
      orders.add(orders.removeLast().longer());
    } else {
      long offset = (long) patchesPlanned * eyes.patchBytes();
      orders.add(new Order(features, picture, image, image + 1, offset));
    }
    patchesPlanned += patches;
    imagesPlanned++;
    return true;
  }

  /** The step was planned: what it encodes is copied to where the rank reads it. */
  void begin() {
    if (orders.isEmpty()) {
      return;
    }
    LevelCells cells = eyes.cells().orElseThrow();
    cell = cells.claim();
    if (cell == LevelCells.NONE) {
      throw new IllegalStateException("no cell is free for the levels of the step");
    }
    MemorySegment memory = cells.memory(cell);
    for (Order order : orders) {
      Picture picture = order.picture();
      int first = picture.patchesBefore(order.from()) * eyes.patchBytes();
      int count = picture.patchesBefore(order.to()) * eyes.patchBytes() - first;
      MemorySegment.copy(
          picture.levels(), first, memory, ValueLayout.JAVA_BYTE, order.offset(), count);
    }
  }

  /** Says to the rank what the step in flight encodes and takes; again for every rank it goes to. */
  void write(StepPlan plan, Sequence[] seated) {
    for (int i = 0; i < orders.size(); i++) {
      Order order = orders.get(i);
      Picture picture = order.picture();
      plan.pictures()
          .addEncode(new PatchEncode(
              cell,
              eyes.cells().orElseThrow().generation(cell),
              order.offset(),
              eyes.patchBytes(),
              picture.patchesPerToken(),
              order.features().firstRow() + picture.tokensBefore(order.from()),
              Arrays.copyOfRange(picture.grids(), 2 * order.from(), 2 * order.to())));
    }
    for (int run = 0; run < plan.runCount(); run++) {
      SequencePictures pictures = seated[plan.runSeat(run)].pictures();
      for (int i = 0; i < pictures.count(); i++) {
        takeFeatures(plan, run, pictures, i);
      }
    }
  }

  private static void takeFeatures(StepPlan plan, int run, SequencePictures pictures, int index) {
    Picture picture = pictures.picture(index);
    int from = plan.runFirstPosition(run);
    int to = from + plan.tokenEnd(run) - plan.tokenStart(run);
    for (int image = 0; image < picture.images(); image++) {
      int first = picture.positions()[image];
      int begin = Math.max(from, first);
      int end = Math.min(to, first + picture.tokens(image));
      if (begin < end) {
        int feature =
            pictures.reading(index).firstRow() + picture.tokensBefore(image) + begin - first;
        plan.pictures().take(plan.tokenStart(run) + begin - from, feature, end - begin);
      }
    }
  }

  /** The step in flight was applied: its features are there. */
  void applied() {
    for (int i = 0; i < orders.size(); i++) {
      Order order = orders.get(i);
      for (int image = order.from(); image < order.to(); image++) {
        order.features().markEncoded(image);
      }
    }
    calledOff();
  }

  /** The step in flight will not be applied. */
  void calledOff() {
    orders.clear();
    if (cell != LevelCells.NONE) {
      eyes.cells().orElseThrow().release(cell);
      cell = LevelCells.NONE;
    }
  }

  /** The sequence has moved on: what it will not read again may go. */
  void moved(Sequence sequence) {
    sequence.pictures().releaseBefore(sequence.computed(), book);
  }

  /** The sequence has no seat any more. */
  void release(Sequence sequence) {
    sequence.pictures().releaseBefore(Integer.MAX_VALUE, book);
  }

  /** Throws unless book and sequences agree. */
  void checkIntegrity(RunQueue queue) {
    book.checkIntegrity();
    int reading = 0;
    for (int i = 0; i < queue.runningCount(); i++) {
      reading += queue.running(i).pictures().readingCount();
    }
    if (reading != book.readers()) {
      throw new IllegalStateException(
          reading + " pictures are read by sequences, the book counts " + book.readers());
    }
  }
}
