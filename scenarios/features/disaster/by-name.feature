# language: ja
機能: 災害時と緊急時の照会 | A person by name, in a disaster and in an outage

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:by-name
  シナリオ: 災害時には、カードなしに四情報で本人が見つかる | In a disaster a person is found by name, birth date, sex and address
    もし 都道府県『13』に2026年4月1日から2026年4月10日まで災害時の機能が開かれる
    かつ 「見本診療所」が災害時の機能で「架空花子」を四情報により照会する
    ならば 資格は有効と回答される [OQS-DIS-02]
    かつ 回答の番号は『0001234』である [OQS-DIS-02]
    かつ 限度額区分は回答されない [OQS-DIS-02]

  @id:by-name-outside-the-area @twin:disaster/by-name
  シナリオ: 区域の外では四情報による照会に回答されない | Outside the area nobody is found by name
    もし 都道府県『14』に2026年4月1日から2026年4月10日まで災害時の機能が開かれる
    かつ 「見本診療所」が災害時の機能で「架空花子」を四情報により照会する
    ならば 資格は何も回答されない [OQS-DIS-01, OQS-DIS-02]

  @id:by-wrong-address @twin:disaster/by-name
  シナリオ: 四情報の一つでも違えば、だれも見つからない | With one of the four wrong nobody is found
    もし 都道府県『13』に2026年4月1日から2026年4月10日まで災害時の機能が開かれる
    かつ 「見本診療所」が災害時の機能で「架空花子」を誤った住所『東京都架空区別町9-9-9』により照会する
    ならば 資格は資格情報なしと回答される [OQS-DIS-02]
    かつ 回答に個人の情報はない [OQS-DIS-02]

  @id:emergency-released
  シナリオ: 緊急時の機能は、折り返しの電話の後に開く | The emergency function opens after a call back
    もし 「見本診療所」の緊急時の機能が電話で申し込まれる
    かつ 「見本診療所」の緊急時の機能が折り返しの電話で確かめられる
    かつ 「見本診療所」の緊急時の機能が開放される
    かつ 「見本診療所」が緊急時の機能で「架空花子」を四情報により照会する
    ならば 資格は有効と回答される [OQS-FALL-12]

  @id:emergency-without-call-back @twin:disaster/emergency-released
  シナリオ: 折り返しの電話がなければ、緊急時の機能は開かない | Without the call back it does not open
    もし 「見本診療所」の緊急時の機能が電話で申し込まれる
    かつ 「見本診療所」の緊急時の機能が開放される
    かつ 「見本診療所」が緊急時の機能で「架空花子」を四情報により照会する
    ならば 資格は何も回答されない [OQS-FALL-12]

  @id:emergency-reported
  シナリオ: 利用の報告を終えれば、再び申し込める | Once the use is reported it can be asked for again
    もし 「見本診療所」の緊急時の機能が電話で申し込まれる
    かつ 「見本診療所」の緊急時の機能が折り返しの電話で確かめられる
    かつ 「見本診療所」の緊急時の機能が開放される
    かつ 「見本診療所」が緊急時の機能で「架空花子」を四情報により照会する
    かつ 「見本診療所」の緊急時の機能が閉じられる
    かつ 「見本診療所」が緊急時の機能の利用1件を報告する
    かつ 「見本診療所」の緊急時の機能が電話で申し込まれる
    ならば 緊急時の機能の手続は受け付けられる [OQS-FALL-12]

  @id:emergency-unreported @twin:disaster/emergency-reported
  シナリオ: 利用の報告がなければ、再び申し込めない | Without the report it cannot be asked for again
    もし 「見本診療所」の緊急時の機能が電話で申し込まれる
    かつ 「見本診療所」の緊急時の機能が折り返しの電話で確かめられる
    かつ 「見本診療所」の緊急時の機能が開放される
    かつ 「見本診療所」が緊急時の機能で「架空花子」を四情報により照会する
    かつ 「見本診療所」の緊急時の機能が閉じられる
    かつ 「見本診療所」の緊急時の機能が電話で申し込まれる
    ならば 緊急時の機能の手続は受け付けられない [OQS-FALL-12]
