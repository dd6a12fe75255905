// What arrives from outside is taken for what it should be only after a look at it.

import { Failure } from "./failure";

/** Gives the value in its type, or throws `Unexpected`. Fields that are not named are passed over. */
export type Shape<T> = (value: unknown) => T;
export type Of<S> = S extends Shape<infer T> ? T : never;

class Unexpected extends Failure {
  constructor(problem: string) {
    super(
      `The core's words are not understood: ${problem}.`,
      "Update the core and this extension to the same version.",
    );
  }
}

export const anything: Shape<unknown> = (value) => value;

export const text: Shape<string> = (value) => {
  if (typeof value !== "string") throw new Unexpected(`${typeof value} instead of a text`);
  return value;
};

export const flag: Shape<boolean> = (value) => {
  if (typeof value !== "boolean") throw new Unexpected(`${typeof value} instead of true or false`);
  return value;
};

export const number: Shape<number> = (value) => {
  if (typeof value !== "number") throw new Unexpected(`${typeof value} instead of a number`);
  return value;
};

export const object: Shape<Record<string, unknown>> = (value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Unexpected(`${typeof value} instead of an object`);
  }
  return { ...value };
};

/** One of these words; what a newer core may say besides counts as `other`. */
export const word =
  <const Words extends readonly string[]>(words: Words, other: Words[number]): Shape<Words[number]> =>
  (value) =>
    words.find((each) => each === value) ?? other;

/** `null` where there is nothing. */
export const maybe =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value) =>
    value === undefined || value === null ? null : shape(value);

/** Empty where there is nothing. */
export const list =
  <T>(shape: Shape<T>): Shape<T[]> =>
  (value) => {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw new Unexpected(`${typeof value} instead of a list`);
    return value.map((each) => shape(each));
  };

export const fields =
  <S extends Record<string, Shape<unknown>>>(shapes: S): Shape<{ [Name in keyof S]: Of<S[Name]> }> =>
  (value) => {
    const given = object(value);
    const read = Object.entries(shapes).map(([name, shape]) => [name, shape(given[name])]);
    return Object.fromEntries(read) as { [Name in keyof S]: Of<S[Name]> };
  };
