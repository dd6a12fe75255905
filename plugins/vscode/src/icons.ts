// Labels of VS Code turn `$(name)` into an icon; what the core says is text.

const ICON = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g;

export const withoutIcons = (text: string): string => text.replace(ICON, "\\$&");
