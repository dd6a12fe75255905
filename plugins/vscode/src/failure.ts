/** What has gone wrong, in a sentence for the person; `action` says what to do next. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly action = "",
  ) {
    super(message);
  }
}

/** The core that was asked was stopped on purpose: nobody answers, and nobody needs to be told. */
export class Dropped extends Error {}
