package io.souffleur.scheduler;

/**
 * Which running sequence gives its pages up when one lacks a page. Whatever it is, one of them is always
 * the last to go, and goes on: so everybody gets done.
 */
public enum RetractionPolicy {
  /** The last in the order of service. */
  ORDER {
    @Override
    boolean sooner(Sequence one, Sequence other) {
      return one.standing().compareTo(other.standing()) > 0;
    }
  },
  /** The one that has generated least; of those the one with the longest prompt, then the last in order. */
  LENGTH {
    @Override
    boolean sooner(Sequence one, Sequence other) {
      if (one.generated() != other.generated()) {
        return one.generated() < other.generated();
      }
      int prompt = one.known() - one.generated();
      int otherPrompt = other.known() - other.generated();
      return prompt != otherPrompt ? prompt > otherPrompt : ORDER.sooner(one, other);
    }
  },
  /** The least urgent; of those as by {@link #LENGTH}. */
  PRIORITY {
    @Override
    boolean sooner(Sequence one, Sequence other) {
      long urgency = one.standing().urgency();
      long otherUrgency = other.standing().urgency();
      return urgency != otherUrgency ? urgency < otherUrgency : LENGTH.sooner(one, other);
    }
  };

  /** Whether {@code one} gives way before {@code other}; a strict order. */
  abstract boolean sooner(Sequence one, Sequence other);
}
