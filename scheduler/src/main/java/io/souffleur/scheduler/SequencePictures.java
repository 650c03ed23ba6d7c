package io.souffleur.scheduler;

import io.souffleur.cache.book.FeatureBook;
import io.souffleur.cache.book.FeatureBook.Features;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.Picture;
import java.util.List;
import java.util.Optional;

/** The pictures of one sequence, and the features it reads at present. Owned by the engine loop. */
final class SequencePictures {
  private final List<Picture> pictures;
  private final Features[] read;

  SequencePictures(GenerationRequest request) {
    pictures = request.pictures();
    read = new Features[pictures.size()];
  }

  int count() {
    return pictures.size();
  }

  Picture picture(int index) {
    return pictures.get(index);
  }

  /** The features of a picture, read from now on; empty when there is no room for them. */
  Optional<Features> acquire(int index, FeatureBook book) {
    if (read[index] == null) {
      Picture picture = pictures.get(index);
      read[index] = book.acquire(picture.hash(), picture.tokens()).orElse(null);
    }
    return Optional.ofNullable(read[index]);
  }

  /** Features that are being read. */
  Features reading(int index) {
    return read[index];
  }

  /** Reads no picture any more that ends at or before {@code position}. */
  void releaseBefore(int position, FeatureBook book) {
    for (int i = 0; i < read.length; i++) {
      if (read[i] != null && pictures.get(i).end() <= position) {
        book.release(read[i]);
        read[i] = null;
      }
    }
  }

  int readingCount() {
    int count = 0;
    for (Features each : read) {
      count += each == null ? 0 : 1;
    }
    return count;
  }
}
