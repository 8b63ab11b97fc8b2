interface ChoiceFieldProps<Choice extends string | number> {
  readonly legend: string;
  readonly name: string;
  readonly choices: readonly Choice[];
  readonly chosen: Choice | undefined;
  readonly say?: (choice: Choice) => string;
  readonly onChoose: (choice: Choice) => void;
}

/** One of a few choices, all of them seen. */
export function ChoiceField<Choice extends string | number>(props: ChoiceFieldProps<Choice>) {
  const { legend, name, choices, chosen, say = String, onChoose } = props;
  if (choices.length === 0) return null;
  return (
    <fieldset class="field grow">
      <legend>{legend}</legend>
      <div class="segments">
        {choices.map((choice) => (
          <label key={choice}>
            <input type="radio" name={name} checked={choice === chosen} onChange={() => onChoose(choice)} />
            <span>{say(choice)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
